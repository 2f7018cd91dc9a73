# shellcheck shell=sh
# Uses of a port or VF that its folder in /sys does not show: from another network namespace, by a program's own frames, by a device
# that stands on it, by its clock. Findings as in in-use.sh, which includes this.

# What stands on an interface of this network namespace and is in another one, looked for once: "INDEX KIND NAME WHERE"; "? WHERE: WHY"
# for a namespace that cannot be looked into. A file that ended with its process, or is no namespace (one that a crash left), is none.
look_for_far_links() {
  [ -z "${FAR+set}" ] || return 0
  own_namespace=$(readlink "$PROC/self/ns/net") || own_namespace=
  FAR=$(
    {
      stat -c %N "$PROC"/[0-9]*/ns/net 2> /dev/null | sed -n "s/^'\(.*\)' -> '\(.*\)'$/\2 \1/p" | sort -u -k 1,1
      for named in "$NETNS"/*; do [ ! -e "$named" ] || echo "net:[$(stat -L -c %i "$named")] $named"; done
      mounted_namespaces
    } | sort -u -k 1,1 | while read -r namespace file; do
      if [ "$namespace" = "$own_namespace" ]; then continue; fi
      case $file in
        "$NETNS"/*) where="the network namespace ${file##*/}" ;;
        "$PROC"/[0-9]*/root/*) file_there=${file#"$PROC"/}; where="the network namespace ${file_there#*/root}" ;;
        *) process=${file%/ns/net}; where="the network namespace of the process $(line_of "$process/comm" || :) (${process##*/})" ;;
      esac
      if ! links=$(nsenter --net="$file" ip -d -o link show 2> /dev/null < /dev/null); then
        why=$(nsenter --net="$file" ip -d -o link show 2>&1 > /dev/null < /dev/null | tr '\n' ' ') || :
        case $why in *'Invalid argument'* | *'No such file'*) ;; *) echo "? $where: ${why% }" ;; esac
        continue
      fi
      printf '%s\n' "$links" | far_links | while read -r lower sort child number; do
        if stands_here "$file" "$number" < /dev/null; then echo "$lower $sort $child $where"; fi
      done
    done
  ) || :
}
# mounted_namespaces: "net:[INODE] FILE" of those that a mount keeps, in whichever mount namespace that is (/run/docker/netns/NAME).
mounted_namespaces() {
  stat -c %N "$PROC"/[0-9]*/ns/mnt 2> /dev/null | sed -n "s/^'\(.*\)\/ns\/mnt' -> '\(.*\)'$/\2 \1/p" | sort -u -k 1,1 | while read -r _ process; do
    awk -v root="$process/root" '$4 ~ /^net:\[/ { print $4, root $5 }' "$process/mountinfo" 2> /dev/null
  done
}
# far_links: of `ip -d -o link`, what stands on an interface of another namespace: "INDEX KIND NAME NUMBER", the number that namespace has.
far_links() {
  awk '{
    split($2, name, /@|:/); kind = ""; number = ""
    for (i = 3; i <= NF; i++) {
      if ($i == "link-netnsid" || $i == "link-netns") number = $(i + 1)
      if (kind == "" && $i ~ /^(macvlan|macvtap|ipvlan|ipvtap|vlan|macsec)$/) kind = $i
    }
    if (number != "" && kind != "" && match($2, /@if[0-9]+/)) print substr($2, RSTART + 3, RLENGTH - 3), kind, name[1], number
  }'
}
# stands_here FILE NUMBER: whether what that namespace calls NUMBER is this one. A server that cannot tell is taken to say yes.
stands_here() {
  inode=$(printf %s "$own_namespace" | tr -dc 0-9)
  case $2 in
    *[!0-9]*) wanted=$inode there=$(stat -L -c %i "$NETNS/$2" 2> /dev/null || :) ;; # one that has a name is called by it
    *) there=$(nsenter --net="$1" lsns -t net -n -r -o NETNSID,NS 2> /dev/null | awk -v inode="$inode" '$2 == inode { print $1; exit }') wanted=$2 ;;
  esac
  [ -z "$there" ] || [ "$there" = "$wanted" ]
}
# far_uses INTERFACE WHAT
far_uses() {
  [ -n "$FAR" ] || return 0
  printf '%s\n' "$FAR" | awk -v index_here="$(line_of "$SYS/class/net/$1/ifindex")" -v what="$2" '
    $1 == "?" { print "unknown whether", what, "carries anything in", substr($0, 3) }
    $1 == index_here && NF > 3 { where = $4; for (i = 5; i <= NF; i++) where = where " " $i; print "carries", what, "carries", $3, "(" $2 ") in", where }'
}

# socket_uses INTERFACE WHAT: whose packet sockets are bound to it. The rule: a socket for all protocols (ETH_P_ALL, as tcpdump has)
# only listens, unless the interface has joined a group that is no group of IP (PTP's, LLDP's), which nobody does for listening. A socket
# of one protocol, or of none, speaks: PTP, LLDP, PPPoE, DHCP.
socket_uses() {
  index=$(line_of "$SYS/class/net/$1/ifindex") || return 0
  sockets=
  [ ! -r "$PROC/net/packet" ] || sockets=$(awk -v wanted="$index" '$5 == wanted { print $4, $9 }' "$PROC/net/packet" 2> /dev/null) || :
  [ -z "$sockets" ] || packet_uses "$2"
  if [ -r "$PROC/net/pppoe" ] && awk 'NR > 1 { print $3 }' "$PROC/net/pppoe" 2> /dev/null | grep -qxF "$1"; then echo "socket $2 carries a PPPoE session"; fi
}
# packet_uses WHAT: of those sockets of its interface, "PROTOCOL INODE" each.
packet_uses() {
  groups=$(awk -v wanted="$index" '$1 == wanted && $5 !~ /^(3333|01005e|0180c200002)/ { print $5 }' "$PROC/net/dev_mcast" 2> /dev/null | head -n 1) || groups=
  printf '%s\n' "$sockets" | sort -u | while read -r protocol inode; do
    if [ "$protocol" = 0003 ] && [ -z "$groups" ]; then continue; fi
    process=$(find "$PROC"/[0-9]*/fd -maxdepth 1 -lname "socket:\[$inode\]" -printf '%h\n' 2> /dev/null | head -n 1)
    process=${process%/fd}
    who="a process that is not seen"
    if [ -n "$process" ]; then who="the process $(line_of "$process/comm" || :) (${process##*/})"; fi
    case $protocol in 0003) how=", and it has joined the group $groups" ;; *) how=" for the protocol 0x$protocol" ;; esac
    echo "socket $1 is spoken on by $who$how"
  done
}

# device_uses DEVICE WHAT: what stands on a PCI device and is no interface. An RDMA device is there by itself; it is used when opened.
device_uses() (
  for vdpa in "$SYS"/bus/vdpa/devices/*; do
    [ -e "$vdpa" ] || continue
    path=$(readlink -f "$vdpa") || continue
    case $path in "$1"/*) ;; *) continue ;; esac
    holders=$(for node in "$path"/vhost-vdpa-*; do [ ! -e "$node" ] || holders_of "/dev/${node##*/}"; done)
    echo "vdpa $2 carries the vDPA device ${vdpa##*/}${holders:+, which is in the hands of $(in_words "$holders")}"
  done
  [ -n "$HELD" ] || return 0
  holders=$(
    for verbs in "$SYS"/class/infiniband_verbs/* "$SYS"/class/infiniband_mad/*; do
      [ -e "$verbs" ] || continue
      case $(readlink -f "$verbs/device")/ in "$1"/*) holders_of "/dev/infiniband/${verbs##*/}" ;; esac
    done | sort -u
  )
  if [ -n "$holders" ]; then echo "rdma $2 is in the hands of $(in_words "$holders"), by RDMA"; fi
  for clock in "$1"/ptp/*; do
    holders=$(holders_of "/dev/${clock##*/}")
    if [ -n "$holders" ]; then echo "clock $2 has the clock ${clock##*/}, which is in the hands of $(in_words "$holders")"; fi
  done
)
