# The server itself is ready when its VF has a link in its network namespace. Fields: name, netdev; rx_usecs as in ready.sh.
# shellcheck shell=sh disable=SC2154,SC2329
has_link() { case $(ip -n "$name" -o link show dev "$netdev" up 2> /dev/null) in *LOWER_UP*) ;; *) return 1 ;; esac; }
ready_host() {
  until has_link; do
    in_time "had no link" || fail "$late: $(ip -n "$name" -o link show dev "$netdev" 2>&1 || :)"
    sleep 0.25
  done
  hold_back_none ip netns exec "$name"
}
