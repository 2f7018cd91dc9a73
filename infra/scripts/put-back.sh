# The whole server as it was, from what is written down on it: whatever deployment made the changes, and wherever it was ended.
# shellcheck shell=sh disable=SC2030,SC2031
. ./places.sh
. ./bridge-before.sh

# put_back: VMs, bridges, then ports. What cannot be put back is said, and does not keep the rest from it; but while these cannot be
# removed, nobody can tell what they hold: then all that was written down is kept, for the next time.
# PUT_BACK is what it has put back whole, by name; a port is not where anything was said of what VMs had.
put_back() {
  PUT_BACK=''
  look_for_far_links
  look_for_bound
  # shellcheck disable=SC2086,SC2119 # names without spaces; there are no further ones
  told=$({ look_at_places && drop_places $PLACES; } 2>&1) || {
    printf '%s\n' "$told" >&2
    say "VMs of this testbed are left, or a network namespace, so nothing else was put back; when they can be removed, do the same again"
    return 1
  }
  [ -z "$told" ] || printf '%s\n' "$told" >&2
  for kind in $ENDPOINT_KINDS bridge nic; do rm -f "$RUN/$kind"-*; done
  for file in "$BEFORE"/bridge-*; do
    if [ -f "$file" ] && remove_bridge "${file##*/bridge-}"; then PUT_BACK="$PUT_BACK ${file##*/}"; fi
  done
  for file in "$BEFORE"/nic-*; do
    case $file in *.tmp) rm -f "$file"; continue ;; esac
    [ -f "$file" ] || continue
    name=nic-$(value_of pf "$file")
    if restore_nic "$file" && [ -z "$told" ]; then PUT_BACK="$PUT_BACK $name"; fi
  done
  forget_folders
}
# forget_server: marks, lease and guest images, once all is put back; an image too that a killed deployment was bringing, which no state
# has heard of.
forget_server() {
  rm -rf "$RUN" "$IMAGES"
  rmdir "${IMAGES%/*}" 2> /dev/null || :
}
