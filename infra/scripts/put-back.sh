# The whole server as it was, from what is written down on it: whatever deployment made the changes, and wherever it was ended.
# shellcheck shell=sh disable=SC2030,SC2031
. ./places.sh
. ./bridge-before.sh

# put_back: VMs, bridges, then ports. What cannot be put back is said, and does not keep the rest from it; but while VMs cannot be
# removed, nobody can tell what they hold: then all that was written down is kept, for the next time.
put_back() {
  # shellcheck disable=SC2086 # names without spaces
  (places=$(all_places) && drop_places $places) || {
    say "VMs of this testbed are left, so nothing else was put back; when libvirt can remove them, do the same again"
    return 1
  }
  rm -f "$RUN"/vm-* "$RUN"/bridge-* "$RUN"/nic-*
  for file in "$BEFORE"/bridge-*; do if [ -f "$file" ]; then remove_bridge "${file##*/bridge-}"; fi; done
  for file in "$BEFORE"/nic-*; do case $file in *.tmp) rm -f "$file" ;; *) if [ -f "$file" ]; then restore_nic "$file"; fi ;; esac; done
  forget_folders
}
