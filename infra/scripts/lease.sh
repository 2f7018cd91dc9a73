# A testbed has one tenant. OWNER is the stack; the lease is taken by making a folder, which only one can.
held_by() { [ -f "$RUN/lease/owner" ] && cat "$RUN/lease/owner" || echo nobody; }
case $ACTION in
  create)
    [ "$(id -u)" = 0 ] || fail "the user $(id -un) is not root; the testbed changes NICs, bridges and domains: give a user who is root"
    for tool in virsh ip bridge tcpdump mpstat ethtool; do
      command -v $tool > /dev/null || fail "$tool is not installed (Debian: libvirt-clients iproute2 tcpdump sysstat ethtool)"
    done
    mkdir -p "$RUN"
    if mkdir "$RUN/lease" 2> /dev/null; then
      printf '%s\n' "$OWNER" > "$RUN/lease/owner.tmp"; mv "$RUN/lease/owner.tmp" "$RUN/lease/owner"
    elif [ "$(held_by)" != "$OWNER" ]; then
      fail "in use by $(held_by), since $(date -u -d "@$(stat -c %Y "$RUN/lease")" +%Y-%m-%dT%H:%M:%SZ), and a testbed has one tenant. Destroy that stack first; when it is dead: ./lab hosts release NAME --force"
    fi
    mark lease-token
    ;;
  delete)
    if [ "$(held_by)" = "$OWNER" ]; then rm -rf "$RUN"; fi
    ;;
esac
