# What a server is and which layers are really there: "@server CPUS MEMORY_MIB", for each of PFS "@pf NAME ADDRESS TOTAL_VFS
# OFFSET STRIDE VF_ADDRESS…", then a line each "layer token". Nothing is changed.
echo "@server $(nproc) $(awk '/^MemTotal:/ {print int($2 / 1024)}' /proc/meminfo)"
for pf in $PFS; do
  dev=/sys/class/net/$pf/device
  [ -e "/sys/class/net/$pf" ] || continue
  address=none
  if [ -e "$dev/sriov_totalvfs" ]; then address=$(basename "$(readlink -f "$dev")"); fi
  read_or() { cat "$dev/$1" 2> /dev/null || echo 0; }
  vfs='' n=0
  while [ -e "$dev/virtfn$n" ]; do vfs="$vfs $(basename "$(readlink "$dev/virtfn$n")")"; n=$((n + 1)); done
  echo "@pf $pf $address $(read_or sriov_totalvfs) $(read_or sriov_offset) $(read_or sriov_stride)$vfs"
done
for f in /var/lib/sriov-rtt/images/*/token; do
  [ ! -f "$f" ] || echo "image-$(basename "$(dirname "$f")") $(cat "$f")"
done
cd "$RUN" 2> /dev/null || exit 0
for f in *; do
  [ -f "$f" ] || continue
  case $f in
    lease-token) echo "lease $(cat "$f")" ;;
    nic-*.before | *.tmp) ;;
    nic-*) [ ! -e "/sys/class/net/${f#nic-}" ] || echo "$f $(cat "$f")" ;;
    bridge-*) [ ! -e "/sys/class/net/${f#bridge-}" ] || echo "$f $(cat "$f")" ;;
    load) echo "load $(cat "$f")" ;;
    vm-*) [ ! -e "/run/libvirt/qemu/${f#vm-}.pid" ] || ! kill -0 "$(cat "/run/libvirt/qemu/${f#vm-}.pid")" 2> /dev/null || echo "$f $(cat "$f")" ;;
  esac
done
[ ! -f lease/owner ] || echo "owner $(stat -c %Y lease) $(cat lease/owner)"
