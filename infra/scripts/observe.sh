# What a server is and which layers are really there, a line of key=value words each (infra/observe.ts): record=server, one
# record=pf for each of PFS that is there, one record=layer for each layer, record=lease when somebody has it. Nothing is changed.
echo "record=server cpus=$(nproc) memory_mib=$(awk '/^MemTotal:/ {print int($2 / 1024)}' /proc/meminfo)"
for pf in $PFS; do
  dev=/sys/class/net/$pf/device
  [ -e "/sys/class/net/$pf" ] || continue
  address=
  if [ -e "$dev/sriov_totalvfs" ]; then address=$(basename "$(readlink -f "$dev")"); fi
  read_or() { cat "$dev/$1" 2> /dev/null || echo 0; }
  vfs='' n=0
  while [ -e "$dev/virtfn$n" ]; do vfs="$vfs${vfs:+,}$(basename "$(readlink "$dev/virtfn$n")")"; n=$((n + 1)); done
  echo "record=pf name=$(escaped "$pf") pci=$address total_vfs=$(read_or sriov_totalvfs) offset=$(read_or sriov_offset) stride=$(read_or sriov_stride) vfs=$vfs"
done
layer() { echo "record=layer name=$(escaped "$1") token=$(escaped "$(cat "$2")")"; }
for f in /var/lib/sriov-rtt/images/*/token; do
  [ ! -f "$f" ] || layer "image-$(basename "$(dirname "$f")")" "$f"
done
cd "$RUN" 2> /dev/null || exit 0
for f in *; do
  [ -f "$f" ] || continue
  case $f in
    lease-token) layer lease "$f" ;;
    nic-*.before | *.tmp) ;;
    nic-*) [ ! -e "/sys/class/net/${f#nic-}" ] || layer "$f" "$f" ;;
    bridge-*) [ ! -e "/sys/class/net/${f#bridge-}" ] || layer "$f" "$f" ;;
    load) layer load "$f" ;;
    vm-*) [ ! -e "/run/libvirt/qemu/${f#vm-}.pid" ] || ! kill -0 "$(cat "/run/libvirt/qemu/${f#vm-}.pid")" 2> /dev/null || layer "$f" "$f" ;;
  esac
done
[ ! -f lease/owner ] || echo "record=lease since=$(stat -c %Y lease) owner=$(escaped "$(cat lease/owner)")"
