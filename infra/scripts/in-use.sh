# shellcheck shell=sh
# Who would lose something if the testbed took a port, one of its VFs, the name of its bridge or the name of a VM. Nothing is changed
# here: `doctor` asks the same as `up`. A finding is a line: its kind, then a sentence that names what is in use and by whom.
# Kinds: port-of, carries, address, route, rule, neighbour, program, ssh, vm, process, namespace, socket, clock, vdpa, rdma, switchdev,
# bridge, domain, network, defined;
# unknown, where the server cannot tell: nobody is taken to use nothing because a look has failed.
# IGNORE_OURS=yes leaves out what VMs of this testbed hold (doctor, beside a deployed stack).
. ./roots.sh
. ./hidden-uses.sh
. ./bound-uses.sh
. ./namespaces.sh

# is_line WORDS LINES: whether one of the lines is those words.
is_line() {
  case "
$2
" in *"
$1
"*) ;; *) return 1 ;; esac
}
# sentences_of FINDINGS: one text of them, without their kinds.
sentences_of() { printf '%s\n' "$1" | cut -d ' ' -f 2- | awk 'NR > 1 { printf "; " } { printf "%s", $0 } END { print "" }'; }

name_at() { target=$(readlink "$1" 2> /dev/null) || :; printf '%s\n' "${target##*/}"; }
# vf_names PF: PCI addresses of its VFs, by their number, a line each.
vf_names() {
  pf_device=$SYS/class/net/$1/device
  set --
  while [ -e "$pf_device/virtfn$#" ]; do set -- "$@" "$pf_device/virtfn$#"; done
  [ $# = 0 ] || readlink "$@" | sed 's:.*/::'
}
# value_of KEY FILE: of a file with a line `key=value` each.
value_of() {
  [ -r "$2" ] || return 0
  while IFS= read -r said; do case $said in "$1="*) printf '%s\n' "${said#*=}"; return ;; esac; done < "$2"
}

# What each process holds that gives it a VF: "PATH TARGET" of its open files, looked for once.
look_for_holders() {
  HELD=$(find "$PROC"/[0-9]*/fd -maxdepth 1 \( -lname '/dev/vfio/*' -o -lname '/dev/tap*' -o -lname '/dev/uio*' \
    -o -lname '/dev/vhost-vdpa*' -o -lname '/dev/infiniband/*' -o -lname '/dev/ptp*' \) -printf '%p %l\n' 2> /dev/null) || :
  look_for_far_links
  look_for_bound
}
# holders_of FILE: who has it open, a line each: "vm NAME" for a VM of libvirt's, "process NAME (PID)" for another.
holders_of() {
  [ -n "$HELD" ] || return 0
  printf '%s\n' "$HELD" | awk -v file="$1" '$NF == file { sub("/fd/.*", "", $1); print $1 }' | sort -u | while read -r process; do
    guest=$(tr '\0' '\n' < "$process/cmdline" 2> /dev/null | sed -n 's/^guest=\([^,]*\).*/\1/p' | head -n 1)
    if [ -n "$guest" ]; then echo "vm $guest"; else echo "process $(line_of "$process/comm") (${process##*/})"; fi
  done
}
# all_ours HOLDERS: whether they are to be left out, being VMs that have a place of this testbed's.
all_ours() {
  [ "${IGNORE_OURS:-no}" = yes ] && [ -n "$1" ] || return 1
  printf '%s\n' "$1" | while read -r kind holder; do [ "$kind" = vm ] && [ -f "$RUN/slots/$holder" ] || exit 1; done
}
# The same in words: "the VM customer".
in_words() { printf '%s\n' "$1" | sed -e 's/^vm /the VM /' -e 's/^process /the process /' | paste -s -d , - | sed 's/,/, /g'; }

# What kind of interface it is, in one word.
kind_of() {
  for sign in bridge bonding macvtap; do [ ! -d "$SYS/class/net/$1/$sign" ] || { echo "$sign" | sed 's/bonding/bond/'; return; }; done
  case $1 in ovs-system) echo 'Open vSwitch'; return ;; esac
  kind=$(sed -n 's/^DEVTYPE=//p' "$SYS/class/net/$1/uevent" 2> /dev/null)
  [ -n "$kind" ] || kind=$(ip -d -o link show dev "$1" 2> /dev/null | grep -oEw 'macvlan|ipvlan|team|vlan|vrf|openvswitch|macsec' | head -n 1) || :
  echo "${kind:-interface}"
}
# see COMMAND…: what it prints, as $seen. Where it fails, $unseen says why, and nothing is known of what it would have told.
see() {
  seen=$("$@" 2> /dev/null) && return
  unseen="$* fails: $("$@" 2>&1 > /dev/null | tr '\n' ' ')"; unseen=${unseen% }
  return 1
}
# Each of these sets $found, or fails as `see` does.
see_addresses() {
  see ip -o addr show dev "$1" || return 1
  found=
  [ -z "$seen" ] || found=$(printf '%s\n' "$seen" | awk '$3 == "inet" || ($3 == "inet6" && / scope global/) { print $4 }' | paste -s -d ' ' -)
}
# By their only way, or by one of several.
see_routes() {
  routes=
  for family in -4 -6; do
    if [ $family = -6 ] && [ ! -e "$PROC/net/if_inet6" ]; then continue; fi # a kernel without it cannot be asked
    see ip $family route show table all dev "$1" || return 1
    [ -z "$seen" ] || routes="$routes
$seen"
    see ip $family -o route show table all || return 1
    case $seen in *'nexthop '*) routes="$routes
$(printf '%s\n' "$seen" | awk -v name="$1" '/nexthop / && index($0 " ", " dev " name " ")')" ;; esac
  done
  found=
  [ -z "$routes" ] || found=$(printf '%s\n' "$routes" |
    awk 'NF && $1 !~ /^(local|broadcast|multicast|anycast|unreachable|fe80::|ff00::)/ && !/proto kernel/ { print $1 }' | sort -u | paste -s -d ' ' -)
}
# The interfaces by which this ssh connection comes in and goes out.
see_ssh_interfaces() {
  found=
  # shellcheck disable=SC2086 # the client's address and port, the server's address and port
  set -- ${SSH_CONNECTION:-}
  [ $# -ge 3 ] || return 0
  see ip -o addr show to "${3%%\%*}" || return 1
  found=$(printf '%s\n' "$seen" | awk '{ print $2 }')
  case $1 in *%*) found="$found
${1#*%}"; return ;; esac
  if see ip -o route get "$1"; then
    found="$found
$(printf '%s\n' "$seen" | sed -n 's/.* dev \([^ ]*\).*/\1/p')"
  else
    case $unseen in *unreachable*) ;; *) return 1 ;; esac # an answer: what comes in from elsewhere goes out by no route of these
  fi
}
comes_in_by() { is_line "$1" "$found"; }
# above INTERFACE: all that stands on it, and on that.
above() (
  for link in "$SYS/class/net/$1"/upper_*; do
    if [ -L "$link" ]; then echo "${link##*/upper_}"; above "${link##*/upper_}"; fi
  done
)
# More about an interface that stands on another: " (bridge; 10.0.0.1/24; this ssh connection comes in by it)".
about() (
  more=$(kind_of "$1")
  for interface in "$1" $(above "$1"); do
    if ! see_addresses "$interface"; then more="$more; $unseen"
    elif [ -n "$found" ]; then more="$more; $found"; fi
    if see_ssh_interfaces && comes_in_by "$interface"; then more="$more; this ssh connection comes in by it"; fi
  done
  echo "($more)"
)
# tap_holders MACVTAP: who has the character device of a macvtap open.
tap_holders() { if [ -d "$SYS/class/net/$1/macvtap" ]; then holders_of "/dev/tap$(line_of "$SYS/class/net/$1/ifindex")"; fi; }

# interface_in_use INTERFACE WHAT BRIDGE: WHAT is what a sentence calls it; being a port of BRIDGE is no finding.
interface_in_use() {
  master=$(name_at "$SYS/class/net/$1/master")
  if [ -n "$master" ] && [ "$master" != "$3" ]; then echo "port-of $2 is a port of $master $(about "$master")"; fi
  for link in "$SYS/class/net/$1"/upper_*; do
    upper=${link##*/upper_}
    if [ ! -L "$link" ] || [ "$upper" = "$master" ] || [ "$upper" = "$3" ]; then continue; fi
    holders=$(tap_holders "$upper")
    if all_ours "$holders"; then continue; fi
    if [ -n "$holders" ]; then echo "vm $2 carries $upper $(about "$upper"), which is in the hands of $(in_words "$holders")"
    else echo "carries $2 carries $upper $(about "$upper")"; fi
  done
  far_uses "$1" "$2"
  socket_uses "$1" "$2"
  bound_uses "$1" "$2"
  if ! see_addresses "$1"; then echo "unknown whether $2 has an address cannot be seen: $unseen"
  elif [ -n "$found" ]; then echo "address $2 has an address ($found)"; fi
  if ! see_routes "$1"; then echo "unknown whether $2 carries a route cannot be seen: $unseen"
  elif [ -n "$found" ]; then echo "route $2 carries a route ($found)"; fi
  if ! see_ssh_interfaces; then echo "unknown whether this ssh connection comes in by $2 cannot be seen: $unseen"
  elif comes_in_by "$1"; then echo "ssh this ssh connection comes in by $2"; fi
}

# vf_in_use PF NUMBER: who has this VF.
vf_in_use() (
  vf=$(readlink -f "$SYS/class/net/$1/device/virtfn$2") && [ -d "$vf" ] || return 0
  what="VF $2 of $1 (${vf##*/})"
  holders=$(
    group=$(name_at "$vf/iommu_group")
    [ -z "$group" ] || holders_of "/dev/vfio/$group"
    for device in "$vf"/vfio-dev/*; do [ ! -e "$device" ] || holders_of "/dev/vfio/devices/${device##*/}"; done
    for device in "$vf"/uio/*; do [ ! -e "$device" ] || holders_of "/dev/${device##*/}"; done
  )
  [ -z "$holders" ] || holders=$(printf '%s\n' "$holders" | sort -u | sed '/^$/d')
  if [ -n "$holders" ] && ! all_ours "$holders"; then echo "${holders%% *} $what is in the hands of $(in_words "$holders")"; fi
  device_uses "$vf" "$what"
  # A driver that has made an interface which is not seen here has made it for another network namespace.
  if [ -d "$vf/net" ] && [ -z "$(ls "$vf/net")" ] && ! vf_is_in_ours "$vf"; then
    echo "namespace the network interface of $what is in another network namespace: a container or pod has it"
  fi
  for interface in "$vf"/net/*; do
    if [ -e "$interface" ]; then interface_in_use "${interface##*/}" "${interface##*/}, the interface of $what," ''; fi
  done
)

# Whether the NIC hands frames of its VFs to representors: such VFs reach nobody by themselves, and trust and the like cannot be set.
is_switchdev() {
  case $(devlink dev eswitch show "pci/$(name_at "$SYS/class/net/$1/device")" 2> /dev/null) in *'mode switchdev'*) return 0 ;; esac
  switch=$(line_of "$SYS/class/net/$1/phys_switch_id") && [ -n "$switch" ] || return 1
  for port in "$SYS"/class/net/*/phys_port_name; do
    case $(line_of "$port") in
      *vf[0-9]*) [ "$(line_of "${port%/*}/phys_switch_id")" != "$switch" ] || return 0 ;;
    esac
  done
  return 1
}

# bridge_is_ours BRIDGE: whether it is the one that this testbed made, and no other of its name.
bridge_is_ours() {
  made=$(value_of ifindex "$BEFORE/bridge-$1")
  [ -n "$made" ] && [ "$(value_of boot "$BEFORE/bridge-$1")" = "$BOOT_ID" ] && [ "$(line_of "$SYS/class/net/$1/ifindex")" = "$made" ]
}
ports_of() { find "$SYS/class/net/$1/brif/" -mindepth 1 -maxdepth 1 -printf '%f\n' 2> /dev/null | sort | paste -s -d ' ' -; }
# bridge_in_use BRIDGE: that there is one of this name which is somebody else's, or an interface that has it as another name.
bridge_in_use() {
  if [ ! -e "$SYS/class/net/$1" ] && see ip -o link show dev "$1" && [ -n "$seen" ]; then
    other=$(printf '%s\n' "$seen" | awk -F '[:@ ]+' 'NR == 1 { print $2 }')
    echo "bridge $1 is another name (altname) of $other, and no bridge can have it (ip link property del dev $other altname $1 takes it away)"
  fi
  if [ -e "$SYS/class/net/$1" ] && ! bridge_is_ours "$1"; then
    echo "bridge $1 is there, and is not the bridge of this testbed $(about "$1"); its ports: $(ports_of "$1")"
  fi
}

# pf_in_use PF BRIDGE: what taking the port into BRIDGE would take from somebody.
pf_in_use() {
  ours=
  if bridge_is_ours "$2"; then ours=$2; fi
  interface_in_use "$1" "$1" "$ours"
  if [ -e "$SYS/class/net/$1/device" ]; then device_uses "$(readlink -f "$SYS/class/net/$1/device")" "$1"; fi
  if is_switchdev "$1"; then
    echo "switchdev $1 is in switchdev mode: its VFs are ports of a switch on the server (devlink dev eswitch set pci/$(name_at "$SYS/class/net/$1/device") mode legacy ends that)"
  fi
}
# vfs_in_use PF: who has which of its VFs, all of which go when their number changes.
vfs_in_use() {
  for link in "$SYS/class/net/$1/device"/virtfn*; do
    if [ -e "$link" ]; then vf_in_use "$1" "${link##*virtfn}"; fi
  done
}
# port_in_use PF VFS BRIDGE: what making VFS VFs on the port, and taking it into BRIDGE, would take from somebody.
port_in_use() {
  look_for_holders
  pf_in_use "$1" "$3"
  if [ "$(line_of "$SYS/class/net/$1/device/sriov_numvfs" || echo "$2")" != "$2" ]; then vfs_in_use "$1"; fi
}

# virsh WORDS…: a daemon of libvirt's that hangs must not keep this server's lock, and with it everybody. VIRSH_SECONDS is its limit.
virsh() {
  timeout -k 5 "${VIRSH_SECONDS:-60}" virsh "$@" || { failed=$?; ! hung $failed || say_hung; return $failed; }
}
hung() { [ "$1" = 124 ] || [ "$1" = 137 ]; }
say_hung() {
  echo "$(hostname): libvirt has not answered for ${VIRSH_SECONDS:-60} s: start its daemon again (systemctl restart libvirtd, or virtqemud; VMs go on), and do the same again" >&2
}
# domain_mark: what the description of each VM of ours begins with (infra/vm/domain-xml.ts).
domain_mark='sriov-rtt-testbed '
# look_at_libvirt NAME…: asks it one question, for that costs more than any other. Sets DOMAINS, the names of all its VMs, and RUNNING, of
# those that run, a line each; FOREIGN, of these names, those of VMs that have not shown our mark, and one whose description cannot be
# read has not; NETWORKS, what it says of its networks. Where it cannot be asked it fails, and $unseen says why.
look_at_libvirt() {
  questions='echo @running; list --name; echo @networks; net-list --all;'
  for domain; do questions="$questions echo @domain $domain; desc $domain;"; done
  # A question for what is not there fails by itself, and the status is that of the last one. Not quiet: a quiet virsh ends no answer
  # with a newline.
  answers=$(virsh "$questions echo @domains; list --all --name" 2> /dev/null) || {
    if hung $?; then unseen=$(say_hung 2>&1); else unseen=$(virsh -q list --all --name 2>&1 > /dev/null | tr '\n' ' '); fi
    return 1
  }
  DOMAINS=${answers##*"@domains
"}
  answers=${answers%"@domains
"*}
  RUNNING=${answers#*"@running
"}
  NETWORKS=${answers#*"@networks
"}
  RUNNING=${RUNNING%%"@networks
"*} NETWORKS=${NETWORKS%%"@domain "*}
  FOREIGN=$(printf '%s\n' "$answers" | awk -v mark="$domain_mark" -v asked="$*" -v there="$DOMAINS" '
    /^@/ { name = $1 == "@domain" ? $2 : ""; next }
    name != "" && $0 != "" { if (index($0, mark) == 1) ours[name] = 1; name = "" }
    END {
      count = split(there, names, "\n"); for (i = 1; i <= count; i++) has[names[i]] = 1
      count = split(asked, names, " "); for (i = 1; i <= count; i++) if (names[i] in has && !(names[i] in ours)) print names[i]
    }')
}
# foreign_uses NAME…: which of these names, of those that libvirt was asked for, are of somebody else's VM.
foreign_uses() {
  for domain; do
    if is_line "$domain" "$FOREIGN"; then
      echo "domain there is a VM $domain which does not say that it is of this testbed (virsh desc $domain)"
    fi
  done
}
