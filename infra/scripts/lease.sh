# A testbed has one tenant. OWNER is the stack; the lease is taken by giving a folder its name, which only one can.
# shellcheck shell=sh
. ./put-back.sh
: "${ACTION:?}" "${OWNER:?}"
# The folder has its owner in it before it has its name. One without an owner is nobody's.
take_lease() {
  rm -rf "$RUN"/lease.*
  if [ -d "$RUN/lease" ] && [ ! -s "$RUN/lease/owner" ]; then rm -rf "$RUN/lease"; fi
  mkdir "$RUN/lease.$$"
  printf '%s\n' "$OWNER" > "$RUN/lease.$$/owner"
  mv -T "$RUN/lease.$$" "$RUN/lease" 2> /dev/null || { rm -rf "$RUN/lease.$$"; return 1; }
}
case $ACTION in
  create)
    [ "$(id -u)" = 0 ] || fail "the user $(id -un) is not root; the testbed changes NICs, bridges and domains: give a user who is root"
    alone
    mkdir -p "$RUN"
    if ! take_lease && [ "$(held_by)" != "$OWNER" ]; then
      fail "in use by $(held_by), since $(date -u -d "@$(stat -c %Y "$RUN/lease")" +%Y-%m-%dT%H:%M:%SZ), and a testbed has one tenant. It has taken the server just now: run the same again, which says what can be done"
    fi
    if ! made_already lease-token; then
      # All that stands on a new lease is made anew; what an earlier deployment was ended before it could put back, is put back now.
      put_back || exit 1
      mark lease-token
    fi
    ;;
  delete)
    alone
    if [ "$(held_by)" = "$OWNER" ]; then
      put_back || exit 1
      forget_server
    fi
    ;;
  release)
    # Takes it from OWNER and leaves what he made; nobody's is removed as well.
    alone
    case $(held_by) in nobody | "$OWNER") rm -rf "$RUN"/lease "$RUN"/lease.* "$RUN/lease-token" ;; *) fail "it is $(held_by)'s by now" ;; esac
    ;;
esac
