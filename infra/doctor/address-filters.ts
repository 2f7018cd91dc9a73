/**
 * How many unicast addresses the filter of a NIC holds, by the PCI ID of its VFs: the drivers refuse more (ENOMEM) and nothing tells
 * the number. From Linux 6.12: E1000_RAR_ENTRIES_82576 and _I350 (drivers/net/ethernet/intel/igb/e1000_82575.h), num_rar_entries of
 * ixgbe_82599.c, ixgbe_x540.c and ixgbe_x550.c (drivers/net/ethernet/intel/ixgbe). i40e, ice and mlx5 have no such limit: where their
 * filters are full they take every frame.
 */
const filters: Record<string, number> = {
  ...{ "8086:10ca": 24, "8086:1520": 32 },
  ...{ "8086:10ed": 128, "8086:1515": 128, "8086:1565": 128, "8086:15a8": 128, "8086:15c5": 128 },
};

/** @param vfDevice "VENDOR:DEVICE" of the VFs. @returns undefined for a NIC without such a limit, or that is not known */
export const addressFiltersOf = (vfDevice: string | undefined): number | undefined =>
  vfDevice === undefined ? undefined : filters[vfDevice];
