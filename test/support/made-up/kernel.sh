#!/bin/sh
# A kernel with NICs, as far as the scripts of infra/scripts ask one: it is tee, ip, bridge and ethtool of a made-up server, whose
# /sys is real files below LAB_ROOT. What the kernel keeps beside /sys is in LAB_ROOT/kernel.
# A script that is tested gives hundreds of commands, so what the shell can do here, it does: a process takes as long as all of it.
set -eu
K=$LAB_ROOT/kernel
NET=$LAB_ROOT/sys/class/net
PCI=$LAB_ROOT/sys/bus/pci
tool=${0##*/}
# Whoever enters a made-up server with mounts of his own asks the real one.
case "$tool ${1:-}" in unshare\ --net) ;; unshare\ *) exec "$(PATH=${PATH#*:}; command -v unshare)" "$@" ;; esac
echo "$tool $*" >> "$LAB_ROOT/log"
# first_of FILE [OTHERWISE]: its first line, as $first.
first_of() { first=${2-}; [ ! -e "$1" ] || read -r first < "$1" || :; }
# tell FILE: all of it; nothing where it is not there.
tell() { [ ! -e "$1" ] || cat "$1"; }
# kernel/dies, "before|after NUMBER PATTERN": that command of those like PATTERN takes the script that gave it with it, before or after it
# has done its work. Of kill's forms dash and bash read `-s KILL -- -GROUP` alike; timeout(1) runs its command in another group.
read -r dies_when dies_number dies_pattern 2> /dev/null < "$K/dies" || { dies_when='' dies_number='' dies_pattern=''; }
# shellcheck disable=SC2254 # a pattern
case "$tool $*" in ${dies_pattern:-*}) first_of "$K/step" 0; step=$((first + 1)); echo $step > "$K/step" ;; *) step=0 ;; esac
die_at() { if [ "$dies_when $dies_number" = "$1 $step" ]; then rm "$K/dies"; first_of "$K/group"; kill -s KILL -- "-$first"; kill -s KILL $$; fi; }
die_at before
refuse() { echo "$tool: $*" >&2; exit 1; }
# kernel/busy: how often something says that it is busy before it obeys.
busy() {
  first_of "$K/busy" 0
  if [ "$first" -gt 0 ]; then echo $((first - 1)) > "$K/busy"; refuse "Resource temporarily unavailable"; fi
}
next_index() { read -r index < "$K/index"; index=$((index + 1)); echo $index > "$K/index"; }
# A thing that is gone never gives its inode to another one, as in /sys.
discard() { [ -d "$K/trash" ] || mkdir "$K/trash"; next_index; mv "$1" "$K/trash/$index"; }
new_interface() { # NAME FOLDER
  mkdir -p "$2/$1"
  next_index; echo $index > "$2/$1/ifindex"; echo 0x1002 > "$2/$1/flags"; echo 1500 > "$2/$1/mtu"; : > "$2/$1/uevent"
  echo "${3:-$(printf '02:00:00:00:%02x:%02x' $((index / 256)) $((index % 256)))}" > "$2/$1/address"
  ln -s "../.." "$2/$1/device" 2> /dev/null || :
  ln -s "$2/$1" "$NET/$1"
}
drop_interface() { for link in "$1"/upper_*; do [ ! -L "$link" ] || refuse "busy"; done; rm "$NET/${1##*/}"; discard "$1"; }
setting() { first_of "$K/vf/$1/$2/$3"; }
bind() { # DEVICE DRIVER
  [ -d "$PCI/drivers/$2" ] || return 0
  ln -s "$PCI/drivers/$2" "$1/driver"
  case $2 in vfio-pci | uio_pci_generic) return 0 ;; esac
  count=0; while [ -e "$NET/eth$count" ]; do count=$((count + 1)); done
  pf=$(readlink "$1/physfn"); first_of "$1/number"; setting "${pf##*/}" "$first" mac
  case $first in '' | 00:00:00:00:00:00) new_interface "eth$count" "$1/net" ;; *) new_interface "eth$count" "$1/net" "$first" ;; esac
}
unbind() { rm "$1/driver"; for interface in "$1"/net/*; do if [ -e "$interface" ]; then drop_interface "$interface"; rmdir "$1/net"; fi; done; }
probe() {
  [ ! -e "$1/driver" ] || return 0
  first_of "$1/driver_override"
  if [ "$first" != '(null)' ]; then bind "$1" "$first"; return; fi
  first_of "$1/physfn/sriov_drivers_autoprobe"
  if [ -e "$K/vf-driver" ] && [ "$first" = 1 ]; then first_of "$K/vf-driver"; bind "$1" "$first"; fi
}
number_of_vfs() { # PF-DEVICE NUMBER
  pf=${1##*/}; first_of "$1/sriov_numvfs"; had=$first; first_of "$K/most" 1000
  if [ "$had" != 0 ] && [ "$2" != 0 ]; then refuse "$1/sriov_numvfs: Device or resource busy"; fi
  if [ "$2" -gt "$first" ]; then refuse "$1/sriov_numvfs: No space left on device"; fi
  count=0
  while [ $count -lt "$had" ]; do
    device=$(readlink -f "$1/virtfn$count")
    [ ! -e "$device/driver" ] || unbind "$device"
    rm "$1/virtfn$count" "$PCI/devices/${device##*/}"; discard "$device"; count=$((count + 1))
  done
  rm -rf "$K/vf/$pf"; rmdir "$K/vf" 2> /dev/null || :; count=0
  while [ $count -lt "$2" ]; do
    device=$LAB_ROOT/sys/devices/$(printf '0000:01:%02x.%d' $((16 + count / 4)) $((count % 4 * 2)))
    mkdir -p "$device" "$K/vf/$pf/$count"
    echo '(null)' > "$device/driver_override"; echo $count > "$device/number"; echo pci:v1 > "$device/modalias"
    ln -s "$1" "$device/physfn"; ln -s "$device" "$1/virtfn$count"; ln -s "$device" "$PCI/devices/${device##*/}"
    echo 00:00:00:00:00:00 > "$K/vf/$pf/$count/mac"; echo 0 > "$K/vf/$pf/$count/vlan"; echo 0 > "$K/vf/$pf/$count/qos"
    echo on > "$K/vf/$pf/$count/spoofchk"; echo auto > "$K/vf/$pf/$count/state"; echo 0 > "$K/vf/$pf/$count/max_tx_rate"; echo 0 > "$K/vf/$pf/$count/min_tx_rate"
    [ -e "$K/no-trust" ] || echo off > "$K/vf/$pf/$count/trust"
    probe "$device"
    count=$((count + 1))
  done
  echo "$2" > "$1/sriov_numvfs"
}
write() { # FILE VALUE
  case $1 in
    */sriov_numvfs) number_of_vfs "$(readlink -f "${1%/*}")" "$2" ;;
    */driver/unbind) busy; unbind "$(readlink -f "$PCI/devices/$2")" ;;
    */drivers_probe) busy; probe "$(readlink -f "$PCI/devices/$2")" ;;
    */driver_override) echo "${2:-(null)}" > "$1" ;;
    *) echo "$2" > "$1" ;;
  esac
}
interface_of() { [ -e "$NET/$1" ] || refuse "Cannot find device \"$1\""; }
rename_interface() { # OLD NEW
  busy
  [ ! -e "$NET/$2" ] || refuse "RTNETLINK answers: File exists"
  path=$(readlink -f "$NET/$1"); [ ! -e "$path/master" ] || mv "$path/master/brif/$1" "$path/master/brif/$2"; mv "$path" "${path%/*}/$2"; rm "$NET/$1"; ln -s "${path%/*}/$2" "$NET/$2"
}
set_link() { # INTERFACE KEY VALUE…
  interface_of "$1"; interface=$1; shift
  while [ $# -gt 0 ]; do
    case $1 in
      up) echo 0x1003 > "$NET/$interface/flags"; shift ;;
      down) echo 0x1002 > "$NET/$interface/flags"; shift ;;
      name) rename_interface "$interface" "$2"; shift 2 ;;
      address | mtu) echo "$2" > "$NET/$interface/$1"; shift 2 ;;
      master) ln -sfn "$NET/$2" "$NET/$interface/master"; ln -sfn "$NET/$2" "$NET/$interface/upper_$2"; mkdir -p "$NET/$2/brif/$interface"; echo 1 > "$NET/$2/brif/$interface/learning"
        [ ! -e "$K/lro/$interface" ] || echo off > "$K/lro/$interface"; shift 2 ;;
      type) shift $# ;;
      netns) # into one that has a name
        [ -e "$K/in/$2" ] || refuse 'Invalid "netns" value'
        path=$(readlink -f "$NET/$interface"); rm "$NET/$interface"; echo 0x1002 > "$path/flags"; echo "${path%/*}" > "$path/home"; mv "$path" "$K/in/$2/$interface"; shift 2 ;;
      vf) number=$2 pf=$(readlink -f "$NET/$interface/device"); pf=${pf##*/}; shift 2
        [ -d "$K/vf/$pf/$number" ] || refuse 'RTNETLINK answers: Invalid argument'
        while [ $# -gt 0 ]; do
          [ -e "$K/vf/$pf/$number/$1" ] || [ "$1" = proto ] || refuse 'RTNETLINK answers: Operation not supported'
          echo "$2" > "$K/vf/$pf/$number/$1"; shift 2
        done ;;
      *) refuse "what is $1" ;;
    esac
  done
}
show() { # -d link show dev PF
  echo "1: $1: <BROADCAST>"
  pf=$(readlink -f "$NET/$1/device") || return 0
  pf=${pf##*/}
  for folder in "$K/vf/$pf"/*; do
    [ -d "$folder" ] || continue
    number=${folder##*/} vlan='' rate='' trust=''
    setting "$pf" "$number" vlan
    if [ "$first" != 0 ]; then vlan=", vlan $first"; setting "$pf" "$number" qos; [ "$first" = 0 ] || vlan="$vlan, qos $first"; fi
    setting "$pf" "$number" max_tx_rate; [ "$first" = 0 ] || rate=", tx rate 5 (Mbps), max_tx_rate ${first}Mbps"
    if [ -e "$K/vf/$pf/$number/trust" ]; then setting "$pf" "$number" trust; trust=", trust $first"; fi
    setting "$pf" "$number" mac; mac=$first; setting "$pf" "$number" state; state=$first; setting "$pf" "$number" spoofchk
    echo "    vf $number     link/ether $mac brd ff:ff:ff:ff:ff:ff$vlan$rate, spoof checking $first, link-state $state$trust, query_rss off"
  done
}
home() { # NAMESPACE INTERFACE, back to where it came from
  read -r folder < "$K/in/$1/$2/home"; rm "$K/in/$1/$2/home"
  if [ -e "$NET/$2" ]; then refuse "RTNETLINK answers: File exists"; fi
  mv "$K/in/$1/$2" "$folder/$2"; ln -s "$folder/$2" "$NET/$2"
}
NAMES=$LAB_ROOT/run/netns
# kernel/pids/NAMESPACE: processes in it, real ones of the test's.
in_namespace() { # NAME COMMAND…, without "ip -n" before it
  name=$1; shift
  [ -e "$K/in/$name" ] || refuse "Cannot open network namespace \"$name\": No such file or directory"
  case "$*" in
    'link set dev '*' netns '*) home "$name" "$4" ;;
    'link set dev lo up') ;;
    'link set dev '*' mtu '*) first_of "$K/in/$name/$4/flags"; [ "$first" = 0x1002 ] || refuse 'the interface is up'; echo "$6" > "$K/in/$name/$4/mtu" ;;
    '-o link show dev lo') first_of "$NAMES/$name"; echo "1: lo: <LOOPBACK> mtu 65536 qdisc noqueue \\    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\\    alias $first" ;;
    'link set dev '*' up') echo 0x1003 > "$K/in/$name/$4/flags" ;;
    '-o link show dev '*' up') first_of "$K/in/$name/$5/flags"; if [ "$first" = 0x1003 ]; then first_of "$K/no-carrier" LOWER_UP; echo "2: $5: <BROADCAST,UP,$first> mtu 1500"; fi ;;
    'addr add '*) echo "$3" > "$K/in/$name/$5/addr" ;;
    'neigh replace '*) echo "$3 $5" >> "$K/in/$name/$7/neigh" ;;
  esac
}
netns() {
  case $1 in
    attach) mkdir -p "$NAMES"; [ ! -e "$NAMES/$2" ] || refuse "Cannot create namespace file \"$NAMES/$2\": File exists"; mkdir -p "$K/in/$2"; mv "$K/namespace" "$NAMES/$2" ;;
    del) for interface in "$K/in/$2"/*; do if [ -e "$interface" ]; then home "$2" "${interface##*/}"; fi; done; rm "$NAMES/$2"; rm -rf "$K/in/$2"; rmdir "$K/in" "$NAMES" 2> /dev/null || : ;;
    pids) if [ -e "$K/pids/$2" ]; then while read -r pid; do if kill -0 "$pid" 2> /dev/null; then echo "$pid"; fi; done < "$K/pids/$2"; fi ;;
    exec) name=$2; shift 2
      [ -e "$K/in/$name" ] || refuse "Cannot open network namespace \"$name\": No such file or directory"
      case "$1 ${2:-}" in 'ls '*/net) for interface in "$K/in/$name"/*; do if [ -e "$interface" ]; then first_of "$interface/home"; [ "$first" != "$2" ] || echo "${interface##*/}"; fi; done ;; esac ;;
  esac
}
case $tool in
  unshare) shift # a namespace without a name goes with its process
    : > "$K/namespace"
    status=0; "$@" || status=$?
    rm -f "$K/namespace"
    [ $status = 0 ] || exit $status ;;
  nsenter) file=${1#--net=}
    if [ -e "$K/netns-failure" ]; then cat "$K/netns-failure" >&2; exit 1; fi
    case "$*" in *' ip -d -o link show') tell "$K/netns/$(readlink "$file" || echo "${file##*/}")" ;; *lsns*) tell "$K/lsns" ;; esac ;;
  modprobe) case "$*" in *-R*) first_of "$K/vf-driver"; echo "$first" ;; esac ;;
  tee) read -r value || :; write "$1" "$value" ;;
  bridge) if [ "$1 $2" = 'link set' ]; then echo 0 > "$NET/$4/master/brif/$4/learning"; fi ;;
  ethtool)
    case $1 in
      -k) first_of "$K/lro/$2"; [ -z "$first" ] || echo "large-receive-offload: $first" ;;
      -K) echo "$4" > "$K/lro/$2" ;;
    esac ;;
  ip)
    # kernel/ip-fails: what a question begins with that the kernel does not answer.
    if [ -e "$K/ip-fails" ]; then first_of "$K/ip-fails"; case "$*" in "$first"*) first_of "$K/ip-failure" 'RTNETLINK answers: No buffer space available'; refuse "$first" ;; esac; fi
    case "$*" in
      'netns '*) shift; netns "$@" ;;
      'link set dev lo alias '*) echo "$6" > "$K/namespace" ;;
      '-n '*) shift; in_namespace "$@" ;;
      'link set dev '*) shift 3; set_link "$@" ;;
      'link set '*) shift 2; set_link "$@" ;;
      'link add '*) [ ! -e "$NET/$3" ] || refuse 'RTNETLINK answers: File exists'; new_interface "$3" "$LAB_ROOT/sys/devices/virtual"; rm "$NET/$3/device"; mkdir -p "$NET/$3/bridge" "$NET/$3/brif" ;;
      'link del '*) interface_of "$3"; for port in "$NET/$3"/brif/*; do if [ -e "$port" ]; then rm "$NET/${port##*/}/master" "$NET/${port##*/}/upper_$3"; fi; done; drop_interface "$(readlink -f "$NET/$3")" ;;
      '-o link show dev '*) if [ -e "$NET/$5" ]; then first_of "$NET/$5/ifindex"; echo "$first: $5: <BROADCAST>"; else tell "$K/altname/$5"; fi ;;
      '-d link show dev '*) show "$5" ;;
      '-d -o link show dev '*) tell "$K/kind/$6" ;;
      '-o addr show dev '*) tell "$K/addr/$5" ;;
      '-o addr show to '*) grep -h " $5/" "$K"/addr/* 2> /dev/null || : ;;
      '-o route get '*) tell "$K/route-get" ;;
      '-4 -o route show table all') tell "$K/routes" ;;
      '-4 route show '*) tell "$K/route/$7" ;;
    esac ;;
esac
die_at after
