# shellcheck shell=sh
# What a PF's VFs can be used for, a line of key=value words (infra/plan/nic-limits.ts reads it). Nothing is changed. LAB_ROOT is the
# root of a made-up server, in tests.

pci_name() { basename "$(readlink -f "$1")"; }
# eswitch_mode INTERFACE: legacy, where VFs send by themselves, or switchdev, where their frames go to ports of a switch on the server.
eswitch_mode() {
  case $(devlink dev eswitch show "pci/$(pci_name "$sys/class/net/$1/device")" 2> /dev/null) in *'mode switchdev'*) echo switchdev; return ;; esac
  switch=$(cat "$sys/class/net/$1/phys_switch_id" 2> /dev/null) || switch=
  for port in "$sys"/class/net/*/phys_port_name; do
    case $(cat "$port" 2> /dev/null) in
      *vf[0-9]*) if [ -n "$switch" ] && [ "$(cat "${port%/*}/phys_switch_id" 2> /dev/null)" = "$switch" ]; then echo switchdev; return; fi ;;
    esac
  done
  echo legacy
}
# shares_group DEVICE: what else is in its IOMMU group, but for bridges, which vfio leaves alone; commas between.
shares_group() {
  for other in "$1"/iommu_group/devices/*; do
    [ -e "$other" ] || continue
    if [ "${other##*/}" = "${1##*/}" ]; then continue; fi
    case $(cat "$other/class" 2> /dev/null) in 0x0604*) ;; *) echo "${other##*/}" ;; esac
  done | paste -s -d , -
}
# nic_limits PF
nic_limits() {
  sys=${LAB_ROOT:-}/sys
  dev=$(readlink -f "$sys/class/net/$1/device") && [ -e "$dev/sriov_totalvfs" ] || return 0
  shared=
  n=0
  while [ -e "$dev/virtfn$n" ]; do
    others=$(shares_group "$(readlink -f "$dev/virtfn$n")")
    [ -z "$others" ] || shared="$shared${shared:+;}$n:$others"
    n=$((n + 1))
  done
  # Registers 7 to 12 of a PCI device are those of its VFs: zeros where the firmware gave them no place.
  memory=$(sed -n '8,13p' "$dev/resource" 2> /dev/null | awk '{ if ($1 !~ /^0x0*$/) there = 1 } END { print (NR == 0 || there ? "yes" : "no") }')
  read_or() { cat "$dev/$1" 2> /dev/null || echo "$2"; }
  last_bus=$(cat "$dev/../subordinate_bus_number" 2> /dev/null) || last_bus=
  echo "pf=$1 pci=${dev##*/} eswitch=$(eswitch_mode "$1") msix=$(read_or sriov_vf_total_msix '') memory=$memory last_bus=$last_bus offset=$(read_or sriov_offset 0) stride=$(read_or sriov_stride 0) shared=$(printf %s "$shared" | sed 's/;/%3B/g')"
}
