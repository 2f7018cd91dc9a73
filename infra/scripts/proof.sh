# What a thing on the server says of itself that another thing of its name would not say: a mark holds while its proof does. The
# kernel never gives an inode of /sys or an interface's index twice in one boot.
# shellcheck shell=sh disable=SC2031,SC2154
. ./in-use.sh

# key_of PF: what its record is called: by the place of the device, because an interface may be renamed.
key_of() {
  place=$(name_at "$SYS/class/net/$1/device")
  case $place in
    *:*.*) # a few devices have several ports
      port=$(line_of "$SYS/class/net/$1/dev_port") || port=0
      if [ "$port" = 0 ]; then echo "$place"; else echo "$place-$port"; fi
      ;;
    *) echo "$1" ;;
  esac
}
# How the port was before the first change (before.sh), and which VFs were made last (numvfs.sh).
record_of() { echo "$BEFORE/nic-$(key_of "$1")"; }
made_file() { echo "$BEFORE/made-$(key_of "$1")"; }
# port_now RECORD: what its port is called by now; empty where it is not there.
port_now() (
  index=$(value_of proof "$1" | cut -d ' ' -f 2) place=$(value_of pci "$1") key=${1##*/nic-} found=''
  if [ "$(line_of "$SYS/class/net/$(value_of pf "$1")/ifindex")" = "$index" ]; then value_of pf "$1"; return; fi
  for link in "$SYS"/class/net/*; do
    interface=${link##*/}
    if [ "$(line_of "$link/ifindex")" = "$index" ]; then echo "$interface"; return; fi
    if [ "$interface" = "$key" ] || { [ "$(name_at "$link/device")" = "$place" ] && [ "$(key_of "$interface")" = "$key" ]; }; then found=$interface; fi
  done
  echo "$found"
)
# record_for PF: the record of the port that a deployment knows as PF.
record_for() {
  for record in "$BEFORE"/nic-*; do
    if [ "$(value_of pf "$record")" = "$1" ]; then echo "$record"; return; fi
  done
  record_of "$1"
}
# called_now PF: what is called by now what a deployment knows as PF; empty where that is not there.
called_now() { record=$(record_for "$1"); if [ -f "$record" ]; then port_now "$record"; elif [ -e "$SYS/class/net/$1" ]; then echo "$1"; fi; }

# nic_proof PF: of its interface and of each of its VFs.
nic_proof() {
  echo "$BOOT_ID $(line_of "$SYS/class/net/$1/ifindex") $(stat -L -c %i "$SYS/class/net/$1/device" "$SYS/class/net/$1/device"/virtfn* 2> /dev/null | paste -s -d ' ' -)"
}
# nic_is_as_made PF: whether the VFs are still those that this testbed made or found.
nic_is_as_made() {
  [ -e "$SYS/class/net/$1" ] && [ "$(value_of proof "$(record_of "$1")")" = "$(nic_proof "$1")" ]
}
# vfs_are_ours PF: whether the VFs are those that a change of their number which has not been written down to its end has made or left.
vfs_are_ours() {
  vfs=$(stat -L -c %i "$SYS/class/net/$1/device"/virtfn* 2> /dev/null | paste -s -d ' ' -)
  [ -z "$vfs" ] || [ "$vfs" = "$(line_of "$(made_file "$1")")" ] || nic_is_as_made "$1"
}
# bridge_proof BRIDGE: of the bridge, and of the port in it.
bridge_proof() {
  port=$(called_now "$(value_of pf "$BEFORE/bridge-$1")")
  if bridge_is_ours "$1" && [ -e "$SYS/class/net/$1/brif/$port" ]; then
    echo "$(line_of "$SYS/class/net/$1/ifindex") $(line_of "$SYS/class/net/$port/ifindex") $(line_of "$SYS/class/net/$1/brif/$port/learning")"
  fi
}
# vm_proof NAME: of its process; a number of a process may come again, with another time of its beginning.
vm_proof() {
  pid=$(line_of "$LIBVIRT_RUN/$1.pid") || return 0
  sed -n 's/^.*) //p' "$PROC/$pid/stat" 2> /dev/null | awk -v pid="$pid" '{ print pid, $20 }'
}
# host_proof NAME: of its network namespace, and of the VF in it.
host_proof() (
  line=$(line_of "$SLOTS/$1") && namespace_is_ours "$1" || return 0
  read_fields "$line"
  pf=$(called_now "$pf")
  interface=$(vf_in_namespace "$1" "$(readlink -f "$SYS/class/net/$pf/device/virtfn$vf")")
  [ -z "$interface" ] || echo "$(namespace_alias "$1") $interface"
)
# holds LAYER: whether what has this mark is still there.
holds() {
  case $1 in
    nic-*) there=$(nic_proof "${1#nic-}" 2> /dev/null) ;;
    bridge-*) there=$(bridge_proof "${1#bridge-}") ;;
    vm-*) there=$(vm_proof "${1#vm-}") ;;
    host-*) there=$(host_proof "${1#host-}") ;;
    *) return 0 ;;
  esac
  [ -n "$there" ] && { read -r _ && IFS= read -r proof; } < "$RUN/$1" 2> /dev/null && [ "$there" = "$proof" ]
}
# made_already LAYER: whether this very deployment's is there: the same command again has nothing to do.
made_already() { [ "$(token_of "$1")" = "$TOKEN" ] && holds "$1"; }
