# How a port was before the first change, written down where a reboot does not reach it, and made so again. Each thing is put back by
# itself, and only where what is there is what this testbed made: what somebody has changed since is his. What cannot be put back is said.
# shellcheck shell=sh disable=SC2030,SC2031
. ./numvfs.sh

# set_value FILE KEY VALUE: of a file with a line `key=value` each; the line is last, and the file changes as a whole.
set_value() { { sed "/^$2=/d" "$1"; echo "$2=$3"; } > "$1.tmp" && mv "$1.tmp" "$1"; }
# refuse_used FINDINGS WHAT
refuse_used() { [ -z "$1" ] || fail "$2: $(sentences_of "$1")"; }
forget_folders() { rmdir "$BEFORE" "${BEFORE%/*}" 2> /dev/null || :; }
is_of_this_boot() { [ "$(value_of boot "$1")" = "$BOOT_ID" ]; }
number_of_vfs() { line_of "$SYS/class/net/$1/device/sriov_numvfs" || echo 0; }
lro_of() { ethtool -k "$1" 2> /dev/null | sed -n 's/^large-receive-offload: \(on\|off\)$/\1/p'; }

# save_nic PF: unless it is written down already. vfs=kept: the VFs are those that were there; changing: their number is being changed;
# made: they are this testbed's. Where somebody has made VFs since a change that was ended by force, these are what there was before.
save_nic() {
  file=$(record_of "$1") device=$SYS/class/net/$1/device
  up=$(($(line_of "$SYS/class/net/$1/flags") & 1)) lro=$(lro_of "$1") autoprobe=$(line_of "$device/sriov_drivers_autoprobe" || echo 1)
  if [ -f "$file" ] && is_of_this_boot "$file"; then
    if nic_is_as_made "$1" || { [ "$(value_of vfs "$file")" = changing ] && vfs_are_ours "$1"; }; then
      [ "$(value_of pf "$file")" = "$1" ] || set_value "$file" pf "$1"
      return
    fi
    # What that change did beside the VFs is still to be put back.
    up=$(value_of up "$file") lro=$(value_of lro "$file")
    if [ "$(value_of vfs "$file")" = changing ]; then autoprobe=$(value_of autoprobe "$file"); fi
  fi
  record=$(
    echo "boot=$BOOT_ID"
    echo "pf=$1"
    echo "pci=$(name_at "$device")"
    echo "up=$up"
    echo "lro=$lro"
    echo "numvfs=$(number_of_vfs "$1")"
    echo "autoprobe=$autoprobe"
    echo "vfs=kept"
    echo "proof=$(nic_proof "$1")"
    count=0
    while [ -e "$device/virtfn$count" ]; do vf_fields "$1" "$count"; count=$((count + 1)); done
  )
  { mkdir -p "$BEFORE" && printf '%s\n' "$record" > "$file.tmp"; } || fail "how $1 is cannot be written down in $BEFORE, so nothing was changed"
  sync "$file.tmp"
  mv "$file.tmp" "$file"
  sync "$BEFORE"
}
# vf_before PF NUMBER: its line; empty where there was no such VF, or they have been made anew.
vf_before() { if [ "$(value_of vfs "$(record_of "$1")")" = kept ]; then grep "^vf=$2 " "$(record_of "$1")" || :; fi; }

# restore_vfs PF LINES
restore_vfs() {
  for pass in 1 2 3; do
    [ $pass = 1 ] || udevadm settle --timeout=30 || : # an interface comes as eth0 and is renamed
    printf '%s\n' "$2" | while read -r line; do if [ -n "$line" ]; then restore_vf "$1" "$line" $pass < /dev/null; fi; done
  done
}

# restore_number PF FILE: the VFs that there were, as they were.
restore_number() {
  look_for_holders
  held=$(vfs_in_use "$1")
  if [ -n "$held" ]; then
    say "the VFs of $1 stay as they are until nobody has them: $(sentences_of "$held")"
    return 1
  fi
  before=$(value_of numvfs "$2")
  set_value "$2" vfs changing 2> /dev/null || : # where nothing can be written, this goes on all the same
  problem=$(change_number "$1" "$before")
  if [ -n "$problem" ]; then say "$problem; there were $before VFs"; fi
  restore_vfs "$1" "$(grep '^vf=' "$2")"
  restore_autoprobe "$1" "$2"
  [ -z "$problem" ]
}
restore_autoprobe() { answer=$(write_to "$SYS/class/net/$1/device/sriov_drivers_autoprobe" "$(value_of autoprobe "$2")" 2>&1) || say "$1: $answer"; }

# has_places PF: whether VMs have, or are to have, VFs of it.
has_places() { cat "$SLOTS"/* 2> /dev/null | grep -F ' vf=' | grep -qF " pf=$1 "; }

is_in_our_bridge() { master=$(name_at "$SYS/class/net/$1/master") && [ -n "$master" ] && bridge_is_ours "$master"; }

# restore_vfs_of PF FILE: as far as they are this testbed's.
restore_vfs_of() {
  case $(value_of vfs "$2") in
    kept) return ;;
    changing)
      if nic_is_as_made "$1"; then restore_autoprobe "$1" "$2"; return; fi # the change had not begun
      if vfs_are_ours "$1"; then restore_number "$1" "$2"; return; fi
      restore_autoprobe "$1" "$2"
      ;;
    made) if nic_is_as_made "$1"; then restore_number "$1" "$2"; return; fi ;;
  esac
  say "the VFs of $1 are not those that this testbed made: its driver was loaded again, or another program has made them anew; they are left alone"
}
# restore_up PF: sets the port down, unless somebody needs it by now, or one of its VFs, which lose their link with it.
restore_up() {
  used=$(look_for_holders; pf_in_use "$1" ''; vfs_in_use "$1")
  if [ -n "$used" ]; then say "$1 was down before, and stays up: $(sentences_of "$used")"
  else try 10 ip link set dev "$1" down || say "$1 could not be set down again: $answer"; fi
}
forget_nic() { rm -f "$1" "${1%/*}/made-${1##*/nic-}"; }

# restore_nic FILE: puts a port back, and forgets how it was once nothing is left to do. The status is 1 where something was left alone,
# could not be put back, or is still to be: that is said.
restore_nic() (
  file=$1 done=yes
  was=$(value_of pf "$file") pci=$(value_of pci "$file")
  if ! is_of_this_boot "$file"; then
    say "$was: the server was started again since its state was written down; its VFs are as that start made them, and are left alone"
    forget_nic "$file"
    return 1
  fi
  pf=$(port_now "$file")
  if [ -z "$pf" ]; then
    say "$was${pci:+ ($pci)} is not there now: how it was stays written down in $file; once it is there again, do the same again (when it never comes back, remove that file)"
    return 1
  fi
  [ "$pf" = "$was" ] || say "$was${pci:+ ($pci)} is called $pf by now"
  # An earlier version called records by the interface.
  if [ ! -e "$(record_of "$pf")" ] && mv "$file" "$(record_of "$pf")"; then file=$(record_of "$pf"); fi
  told=$({
    restore_vfs_of "$pf" "$file" || done=no
    if [ "$(value_of lro "$file")" = on ] && [ "$(lro_of "$pf")" = off ]; then
      try 10 ethtool -K "$pf" lro on || say "large-receive-offload of $pf could not be put on again: $answer"
    fi
    if [ "$(value_of up "$file")" = 0 ] && [ $(($(line_of "$SYS/class/net/$pf/flags") & 1)) = 1 ]; then restore_up "$pf"; fi
    if [ $done = yes ]; then forget_nic "$file"; fi
  } 2>&1)
  [ -z "$told" ] || { printf '%s\n' "$told" >&2; return 1; }
)
