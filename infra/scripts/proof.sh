# What a thing on the server says of itself that another thing of its name would not say, nor the same thing once somebody has changed
# it: a mark holds while its proof does, which is some lines. The kernel never gives an inode of /sys or an interface's index twice in
# one boot.
# shellcheck shell=sh disable=SC2030,SC2031,SC2154
. ./vf.sh

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
# place_proof NAME: of its VF, where it has one: how the server and the PF have it.
place_proof() (
  vf='' pf=''
  line=$(line_of "$SLOTS/$1") || return 0
  read_fields "$line"
  [ -n "$vf" ] || return 0
  pf=$(called_now "$pf")
  echo "vf=$vf pf=$(escaped "$pf") $(vf_in_short "$pf" "$vf") $(vf_settings "$pf" "$vf")"
)
# definition_of NAME: what libvirt runs, as it keeps it beside the process. A hash would do to tell that somebody has attached a device or
# moved a CPU; the text also tells which. Whether the guest's agent is connected comes and goes by itself.
definition_of() {
  sed -n '/^ *<domain /,/^ *<\/domain>/ { s/\( name=.org\.qemu\.guest_agent\.0.\) state=.[a-z]*./\1/; p; }' "$LIBVIRT_RUN/$1.xml" 2> /dev/null || :
}
# vm_proof NAME: of its process, where a number may come again with another time of its beginning; of its VF; and of its definition.
vm_proof() (
  pid=$(line_of "$LIBVIRT_RUN/$1.pid") && stat=$(line_of "$PROC/$pid/stat") || return 0
  vm=$1
  # shellcheck disable=SC2086 # words; the first of them is the third field of the line (proc_pid_stat(5))
  set -- ${stat##*) }
  echo "process=$pid started=${20}"
  place_proof "$vm"
  definition_of "$vm"
)
# host_proof NAME: of its network namespace, and of the VF in it.
host_proof() (
  line=$(line_of "$SLOTS/$1") && namespace_is_ours "$1" || return 0
  read_fields "$line"
  pf=$(called_now "$pf")
  interface=$(vf_in_namespace "$1" "$(vf_path "$pf" "$vf")")
  [ -n "$interface" ] || return 0
  echo "namespace=$(escaped "$(namespace_alias "$1")") interface=$(escaped "$interface")"
  place_proof "$1"
)
# proof_of LAYER: as it is now; nothing where it is not there.
proof_of() {
  case $1 in
    nic-*) nic_proof "${1#nic-}" 2> /dev/null ;;
    bridge-*) bridge_proof "${1#bridge-}" ;;
    vm-*) vm_proof "${1#vm-}" ;;
    host-*) host_proof "${1#host-}" ;;
  esac
}
# proof_in_mark LAYER: as it was when its mark was made.
proof_in_mark() { { read -r _ && cat; } 2> /dev/null < "$RUN/$1" || :; }
# holds LAYER: whether what has this mark is still there, and as it was.
holds() {
  case $1 in nic-* | bridge-* | vm-* | host-*) ;; *) return 0 ;; esac
  there=$(proof_of "$1") made=$(proof_in_mark "$1")
  [ -n "$there" ] && [ "$there" = "$made" ]
}
# made_already LAYER: whether this very deployment's is there: the same command again has nothing to do.
made_already() { [ "$(token_of "$1")" = "$TOKEN" ] && holds "$1"; }
