# shellcheck shell=sh
# Network namespaces of this testbed: each has the name of the endpoint that is in it. Its loopback device has an alias that says so, and
# has it before the namespace has its name (place-netns.sh): so one of that name which does not say so is somebody else's. The number of
# a namespace would not do: the kernel gives it to the next one.
# Findings as in in-use.sh, which includes this.
NAMESPACE_MARK='sriov-rtt-testbed '

# is_namespace FILE: a file that is none is what a crash has left.
is_namespace() {
  answer=$(nsenter --net="$1" true 2>&1 < /dev/null) && return
  case $answer in *'Invalid argument'*) return 1 ;; esac
}
# namespace_alias NAME: what it says of itself; no two of ours say the same.
namespace_alias() { ip -n "$1" -o link show dev lo 2> /dev/null < /dev/null | sed -n 's/.* alias \(.*[^ ]\) *$/\1/p'; }
namespace_is_ours() {
  [ -e "$NETNS/$1" ] || return 1
  case $(namespace_alias "$1") in "$NAMESPACE_MARK"*) ;; *) return 1 ;; esac
}
# namespaces_in_use NAME…: that there are some of these names which are somebody else's.
namespaces_in_use() {
  for namespace; do
    if [ -e "$NETNS/$namespace" ] && ! namespace_is_ours "$namespace" && is_namespace "$NETNS/$namespace"; then
      echo "namespace there is a network namespace $namespace which this testbed has not made (ip netns list)"
    fi
  done
}
# vf_in_namespace NAME PATH: what the interface of the VF at PATH is called in that namespace; empty where it is not in it.
vf_in_namespace() { ip netns exec "$1" ls "$2/net" 2> /dev/null < /dev/null || :; }
# others_in_namespace NAME INTERFACE: what interfaces it has beside its loopback device and that one, each on a line; nor those that modules
# of tunnels put into every namespace.
others_in_namespace() {
  ip -n "$1" -o link show 2> /dev/null < /dev/null | sed -n 's/^[0-9]*: \([^:]*\):.*/\1/p' |
    grep -vxE '(tunl0|sit0|gre0|gretap0|erspan0|ip_vti0|ip6_vti0|ip6tnl0|ip6gre0)@NONE' | sed 's/@.*//' | grep -vxF -e lo -e "${2:-lo}" || :
}
# vf_is_in_ours PATH: whether it is to be left out, being in a namespace of this testbed's.
vf_is_in_ours() {
  [ "${IGNORE_OURS:-no}" = yes ] || return 1
  for folder in "$ENDPOINTS"/*; do
    if namespace_is_ours "${folder##*/}" && [ -n "$(vf_in_namespace "${folder##*/}" "$1")" ]; then return; fi
  done
  return 1
}
