/**
 * The virtual functions that our guests have a driver for: PCI device IDs of vendor 8086 (Intel), as the modules of
 * Linux 6.12 list them (`modinfo -F alias igbvf`). The guest image carries these three modules (emulator/images/guest.ts).
 */
const devices = {
  igbvf: { "10ca": "82576", "1520": "I350" },
  ixgbevf: {
    "10ed": "82599",
    "152e": "82599 on Hyper-V",
    "1515": "X540",
    "1530": "X540 on Hyper-V",
    "1565": "X550",
    "1564": "X550 on Hyper-V",
    "15a8": "X552",
    "15a9": "X552 on Hyper-V",
    "15c5": "X553",
    "57ad": "E610",
  },
  iavf: {
    "154c": "700 series",
    "1571": "700 series on Hyper-V",
    "37cd": "X722",
    "1889": "adaptive, 700 and 800 series",
  },
} as const;

export const guestVfDrivers = Object.keys(devices);

/** @param id "VENDOR:DEVICE", hexadecimal, small letters. @returns the guest's driver and the card; undefined when it has none */
export function guestDriverOf(id: string): { driver: string; card: string } | undefined {
  const [vendor, device = ""] = id.split(":");
  if (vendor !== "8086") return undefined;
  for (const [driver, cards] of Object.entries(devices)) {
    const card = (cards as Record<string, string>)[device];
    if (card !== undefined) return { driver, card };
  }
  return undefined;
}
