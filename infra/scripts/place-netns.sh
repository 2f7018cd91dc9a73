# The place of an endpoint that is the server itself: a VF in a network namespace that has the endpoint's name. Fields: those of a place
# on a VF (place-vf.sh); ip and prefix; settings of its interface, "link,WORDS" or "ethtool,OPTION,WORDS" each, with commas for spaces;
# neighbours, "IP,MAC" each, whose addresses it is to know without asking.
# shellcheck shell=sh disable=SC2030,SC2031,SC2154,SC2329
prepare_netns() {
  refuse_used "$(namespaces_in_use "$name")" "$name cannot be made"
  prepare_vf
}
await_netns() { await_vf; }

# make_namespace NAME: it says whose it is, then takes its name.
make_namespace() {
  mkdir -p "$ENDPOINTS/$1"
  : > "$ENDPOINTS/$1/words"
  rm -f "$NETNS/$1" # a file that is no namespace
  # shellcheck disable=SC2016 # for the shell in it
  answer=$(unshare --net sh -c 'ip link set dev lo alias "$1" && ip netns attach "$2" $$' sh "$NAMESPACE_MARK$(od -An -N 8 -tx1 /dev/urandom | tr -d ' ')" "$1" 2>&1) ||
    fail "the network namespace $1 could not be made: $answer"
}
# configure WHAT COMMAND…
configure() {
  what=$1; shift
  answer=$("$@" 2>&1) || fail "$name: $what failed in the network namespace $name: $answer"
}
# make_settings TOOL: those that are made with it. A link's are made before it goes up: a VF may lose its carrier by a later one.
make_settings() {
  for setting in $settings; do
    words=$(printf '%s' "${setting#*,}" | tr ',' ' ')
    # shellcheck disable=SC2086 # words
    case $1,$setting in
      link,link,*) configure "ip link set $words" ip -n "$name" link set dev "$netdev" $words ;;
      ethtool,ethtool,*) configure "ethtool $words" ip netns exec "$name" ethtool "${words%% *}" "$netdev" ${words#* } ;;
    esac
  done
}
finish_netns() {
  finish_vf
  make_namespace "$name"
  # A guest has no IPv6 either: what it sends by itself would be among what is measured.
  # shellcheck disable=SC2016 # for the shell in it
  configure 'turning IPv6 off' ip netns exec "$name" sh -c 'for file in "$1"/sys/net/ipv6/conf/*/disable_ipv6; do [ ! -e "$file" ] || echo 1 > "$file"; done' sh "$PROC"
  answer=$(ip link set dev "$netdev" netns "$name" 2>&1) || fail "$name: $netdev could not be moved into the network namespace $name: $answer"
  configure 'setting lo up' ip -n "$name" link set dev lo up
  configure "the address $ip/$prefix" ip -n "$name" addr add "$ip/$prefix" dev "$netdev"
  make_settings link
  configure "setting $netdev up" ip -n "$name" link set dev "$netdev" up
  make_settings ethtool
  for neighbour in $neighbours; do
    configure "the neighbour $neighbour" ip -n "$name" neigh replace "${neighbour%,*}" lladdr "${neighbour#*,}" dev "$netdev" nud permanent
  done
}

is_of_a_call() { tr '\0' '\n' < "$PROC/$1/environ" 2> /dev/null | grep -q '^LAB_CALL='; }
# calls_in NAMESPACE: processes in it that were begun by a call of ours (lib/ssh/framing.ts).
calls_in() { for pid in $(ip netns pids "$1" 2> /dev/null); do if is_of_a_call "$pid"; then echo "$pid"; fi; done; }
end_calls_in() {
  for signal in TERM KILL; do
    looks=30
    while [ $looks -gt 0 ]; do
      calls=$(calls_in "$1" | paste -s -d ' ' -)
      [ -n "$calls" ] || return 0
      # shellcheck disable=SC2086 # numbers
      if [ $looks = 30 ]; then kill -s $signal $calls 2> /dev/null || :; fi
      looks=$((looks - 1))
      sleep 0.1
    done
  done
}
# remove_namespace NAME PATH: ends what is ours in it, gives the VF at PATH back to the server, and removes it. Not while processes of others run in it.
remove_namespace() {
  end_calls_in "$1"
  others=$(for pid in $(ip netns pids "$1" 2> /dev/null); do echo "process $(line_of "$PROC/$pid/comm" || :) ($pid)"; done)
  [ -z "$others" ] || fail "$1 cannot be removed: in its network namespace runs $(in_words "$others"); end that, and do the same again"
  interface=
  if [ -n "$2" ]; then interface=$(vf_in_namespace "$1" "$2"); fi
  others=$(others_in_namespace "$1" "$interface")
  [ -z "$others" ] || fail "$1 cannot be removed: in its network namespace is $(in_words "$others"), which this testbed has not made; take that out, and do the same again"
  # A namespace that goes gives its interfaces back too, but nobody knows when.
  if [ -n "$interface" ]; then answer=$(ip -n "$1" link set dev "$interface" netns $$ 2>&1) || say "$interface could not be moved out of the network namespace $1: $answer"; fi
  answer=$(ip netns del "$1" 2>&1) || fail "the network namespace $1 could not be removed: $answer"
}
release_netns() {
  path=
  if [ -n "$pf" ]; then path=$(vf_path "$pf" "$vf"); fi
  if namespace_is_ours "$name"; then
    remove_namespace "$name" "$path"
    if [ -n "$interface" ] && [ -e "$path/driver" ]; then wait_for 30 "the network interface of VF $vf of $pf, which was $name's" has_interface; fi
  fi
  # A file that is no namespace is what a crash in the midst of naming one has left.
  if [ -e "$NETNS/$name" ] && ! is_namespace "$NETNS/$name"; then rm -f "$NETNS/$name"; fi
  rm -rf "${ENDPOINTS:?}/$name"
  rmdir "$ENDPOINTS" 2> /dev/null || :
  [ -z "$pf" ] || release_vf
}
