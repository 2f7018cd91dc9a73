# The places of all VMs on their server: no old domain in the way, and what a driver attaches its VM to made ready.
# WANTED is all of them, a line of fields a VM: name, token, endpoint (the kind that it is), kind of the place, and those of that kind
# (place-KIND.sh).
# ACTION=create begins with nothing; ACTION=update removes what is not wanted in just this way and leaves the rest alone, so it serves
# to grow, shrink and change. It, and not libvirt's provider, removes domains: it can whatever an interrupted update or a reboot left.
# shellcheck shell=sh disable=SC2030,SC2031,SC2154
. ./places.sh
: "${ACTION:?}" "${BRIDGE:?}" "${OWNER:?}" "${WANTED=}"

record() { printf '%s\n' "$1" > "$RUN/slot.tmp"; mv "$RUN/slot.tmp" "$SLOTS/$name"; }

prepare() {
  refuse_used "$(foreign_uses "$name")" "$name cannot be made"
  # Whatever ends this script on the way, the next one finds the place, unfinished, and releases it.
  record "unfinished=yes $line"
  "prepare_$kind"
}
await_place() { "await_$kind"; }
finish() {
  "finish_$kind"
  record "$line"
}

# each_new COMMAND: runs it for every VM that is wanted and not finished yet, with its fields as variables.
each_new() {
  while read -r line; do
    [ -n "$line" ] || continue
    read_fields "$line"
    [ "$(line_of "$SLOTS/$name")" = "$line" ] || "$@" < /dev/null
  done <<EOF2
$WANTED
EOF2
}

# unwanted_places LINES: all that are not in it, line by line.
unwanted_places() {
  for name in $PLACES; do
    if [ ! -f "$SLOTS/$name" ] || ! is_line "$(line_of "$SLOTS/$name")" "$1"; then echo "$name"; fi
  done
}

say_name() { echo "$name"; }
# look_for_users: who has VFs, where a place is on one or is to be.
look_for_users() {
  case "$(cat "$SLOTS"/* 2> /dev/null) $WANTED" in *' vf='*) look_for_holders ;; esac
}

alone
look_for_users
case $ACTION in
  create | update)
    require_lease
    mkdir -p "$SLOTS"
    # shellcheck disable=SC2046 # names without spaces
    look_at_places $(each_new say_name)
    keep=$WANTED
    if [ "$ACTION" = create ]; then keep=; fi
    places=$(unwanted_places "$keep")
    # shellcheck disable=SC2086 # names without spaces
    drop_places $places
    look_for_users
    each_new prepare
    each_new await_place
    udevadm settle --timeout=30 || : # an interface comes as eth0 and is renamed
    each_new finish
    find "$SLOTS" -type f | wc -l
    ;;
  delete)
    leave_to_tenant
    look_at_places
    # shellcheck disable=SC2086
    drop_places $PLACES
    rm -rf "$SLOTS"
    ;;
esac
