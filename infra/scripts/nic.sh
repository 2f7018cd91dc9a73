# The virtual functions of a physical function, changed as their drivers need it: compare, refuse while a VM holds a VF,
# zero, set, wait, verify, each with a time limit. VFs come without a driver: a MAC that is set after a VF driver was bound
# is not seen by it, so each VM's own step binds its VF when the MAC is set.
dev=/sys/class/net/$PF/device
vfs_of_vms() { for vf in "$dev"/virtfn*; do [ "$(basename "$(readlink "$vf/driver" 2> /dev/null)" 2> /dev/null)" = vfio-pci ] && basename "$(readlink "$vf")"; done; :; }
vfs_are() { [ "$(cat "$dev/sriov_numvfs")" = "$1" ] && [ "$(find "$dev/" -maxdepth 1 -name 'virtfn*' | wc -l)" = "$1" ]; }
write_vfs() {
  echo 0 > "$dev/sriov_drivers_autoprobe"
  if [ "$(cat "$dev/sriov_numvfs")" != 0 ]; then timeout 120 sh -c "echo 0 > $dev/sriov_numvfs" || fail "$PF: its driver did not remove its VFs within 120 s"; fi
  if [ "$1" != 0 ]; then timeout 300 sh -c "echo $1 > $dev/sriov_numvfs" || fail "$PF: its driver did not make $1 VFs (see dmesg on the server)"; fi
  wait_for 60 "$1 VFs of $PF" vfs_are "$1"
}
set_vfs() {
  if vfs_are "$1"; then return; fi
  held=$(vfs_of_vms)
  [ -z "$held" ] || fail "$PF: virtual function(s) $(echo $held) are in the hands of a VM; shut it down before the number of VFs changes"
  made=yes
  (write_vfs "$1") || made=no
  if [ $made = no ]; then timeout 120 sh -c "echo 0 > $dev/sriov_numvfs" 2> /dev/null || :; fi
  echo "$AUTOPROBE" > "$dev/sriov_drivers_autoprobe"
  [ $made = yes ] || exit 1
}
alone
case $ACTION in
  create)
    [ -e "/sys/class/net/$PF" ] || fail "pfs.name: $PF is no network interface here; there are: $(ls /sys/class/net | tr '\n' ' ')"
    [ -z "$(ip -o addr show dev "$PF" scope global)" ] || fail "pfs.name: $PF has an address ($(ip -o addr show dev "$PF" scope global | awk '{print $4}' | tr '\n' ' ')); give the port that is connected to the other server and to nothing else"
    total=$(cat "$dev/sriov_totalvfs" 2> /dev/null || echo 0)
    [ "$VFS" -le "$total" ] || fail "pfs.vfs: $VFS VFs asked of $PF; it has $total at most"
    mkdir -p "$RUN"
    if [ ! -f "$RUN/nic-$PF.before" ]; then
      { cat "$dev/sriov_numvfs" 2> /dev/null || echo 0; cat "$dev/sriov_drivers_autoprobe" 2> /dev/null || echo 1; } | tr '\n' ' ' > "$RUN/nic-$PF.before"
    fi
    AUTOPROBE=$(cut -d' ' -f2 "$RUN/nic-$PF.before")
    ip link set "$PF" up
    if [ "$total" != 0 ]; then set_vfs "$VFS"; fi
    mark "nic-$PF"
    ;;
  delete)
    unmark "nic-$PF"
    if [ -f "$RUN/nic-$PF.before" ]; then
      AUTOPROBE=$(cut -d' ' -f2 "$RUN/nic-$PF.before")
      if [ -e "$dev/sriov_numvfs" ]; then set_vfs "$(cut -d' ' -f1 "$RUN/nic-$PF.before")"; fi
      rm -f "$RUN/nic-$PF.before"
    fi
    ;;
esac
