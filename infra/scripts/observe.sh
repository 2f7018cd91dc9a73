# Which layers are really there: a line each, "layer token". Nothing is changed.
for f in /var/lib/sriov-rtt/images/*/token; do
  [ ! -f "$f" ] || echo "image-$(basename "$(dirname "$f")") $(cat "$f")"
done
cd "$RUN" 2> /dev/null || exit 0
for f in *; do
  [ -f "$f" ] || continue
  case $f in
    lease-token) echo "lease $(cat "$f")" ;;
    nic-*.before | *.tmp) ;;
    nic-*) [ ! -e "/sys/class/net/${f#nic-}" ] || echo "$f $(cat "$f") $(cat "/sys/class/net/${f#nic-}/device/sriov_numvfs" 2> /dev/null || echo 0)" ;;
    bridge-*) [ ! -e "/sys/class/net/${f#bridge-}" ] || echo "$f $(cat "$f")" ;;
    vm-*) [ ! -e "/run/libvirt/qemu/${f#vm-}.pid" ] || ! kill -0 "$(cat "/run/libvirt/qemu/${f#vm-}.pid")" 2> /dev/null || echo "$f $(cat "$f")" ;;
  esac
done
[ ! -f lease/owner ] || echo "owner $(stat -c %Y lease) $(cat lease/owner)"
