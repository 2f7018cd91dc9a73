# The virtual functions of a physical function: looked over, written down, then changed. BRIDGE is the testbed's own.
# shellcheck shell=sh
. ./before.sh
: "${ACTION:?}" "${PF:?}" "${VFS:?}" "${BRIDGE:?}" "${OWNER:?}"
alone
case $ACTION in
  create)
    require_lease
    if made_already "nic-$PF"; then exit; fi
    [ -e "$SYS/class/net/$PF" ] || fail "pfs.name: $PF is no network interface here; there are: $(find "$SYS/class/net/" -mindepth 1 -printf '%f\n' | sort | paste -s -d ' ' -)"
    total=$(line_of "$SYS/class/net/$PF/device/sriov_totalvfs" || echo 0)
    [ "$VFS" -le "$total" ] || fail "pfs.vfs: $VFS VFs asked of $PF; it has $total at most"
    refuse_used "$(port_in_use "$PF" "$VFS" "$BRIDGE")" "pfs.name: $PF is in use (give the port that is connected to the other server and to nothing else)"
    save_nic "$PF"
    file=$(record_of "$PF")
    try 10 ip link set dev "$PF" up || fail "$PF could not be set up: $answer"
    if [ "$total" != 0 ] && ! vfs_are "$SYS/class/net/$PF/device" "$VFS"; then
      set_value "$file" vfs changing
      problem=$(change_number "$PF" "$VFS")
      write_to "$SYS/class/net/$PF/device/sriov_drivers_autoprobe" "$(value_of autoprobe "$file")"
      if [ -n "$problem" ]; then
        restore_nic "$file" || :
        forget_folders
        fail "$problem"
      fi
      set_value "$file" proof "$(nic_proof "$PF")"
      set_value "$file" vfs made
    fi
    mark "nic-$PF" "$(nic_proof "$PF")"
    ;;
  delete)
    leave_to_tenant
    unmark "nic-$PF"
    file=$(record_for "$PF")
    # What a `slots create` or `bridge create` that was ended by force has made is not known to the state. The lease's delete removes it,
    # and then needs to be told how the port and its VFs were.
    if [ -f "$file" ] && ! has_places "$PF" && ! is_in_our_bridge "$PF"; then restore_nic "$file" || :; fi # it has said why
    forget_folders
    ;;
esac
