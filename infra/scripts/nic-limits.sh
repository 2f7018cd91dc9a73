# shellcheck shell=sh
# What a PF's VFs can be used for, a line of key=value words (infra/plan/nic-limits.ts reads it). Nothing is changed.
. ./in-use.sh

# nic_limits PF
nic_limits() {
  dev=$(readlink -f "$SYS/class/net/$1/device") && [ -e "$dev/sriov_totalvfs" ] || return 0
  # What else is in a VF's IOMMU group, but for bridges, which vfio leaves alone: NUMBER:ADDRESS,ADDRESS;…
  shared='' n=0
  for vf in $(vf_names "$1"); do
    others=
    for other in "$dev/virtfn$n/iommu_group/devices"/*; do
      if [ ! -e "$other" ] || [ "${other##*/}" = "$vf" ]; then continue; fi
      case $(line_of "$other/class") in 0x0604*) ;; *) others="$others${others:+,}${other##*/}" ;; esac
    done
    [ -z "$others" ] || shared="$shared${shared:+;}$n:$others"
    n=$((n + 1))
  done
  # Registers 7 to 12 of a PCI device are those of its VFs: zeros where the firmware gave them no place.
  memory=$(sed -n '8,13p' "$dev/resource" 2> /dev/null | awk '{ if ($1 !~ /^0x0*$/) there = 1 } END { print (NR == 0 || there ? "yes" : "no") }')
  eswitch=legacy
  if is_switchdev "$1"; then eswitch=switchdev; fi
  read_or() { cat "$dev/$1" 2> /dev/null || echo "$2"; }
  last_bus=$(cat "$dev/../subordinate_bus_number" 2> /dev/null) || last_bus=
  echo "pf=$1 pci=${dev##*/} eswitch=$eswitch msix=$(read_or sriov_vf_total_msix '') memory=$memory last_bus=$last_bus offset=$(read_or sriov_offset 0) stride=$(read_or sriov_stride 0) shared=$(printf %s "$shared" | sed 's/;/%3B/g')"
}
