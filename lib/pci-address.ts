/** A place on the PCI bus, in hexadecimal digits as the kernel writes them. */
export interface PciAddress {
  domain: string;
  bus: string;
  slot: string;
  fn: string;
}

/** @param text as "0000:01:10.0" */
export function parsePciAddress(text: string): PciAddress {
  const [, domain, bus, slot, fn] = /^([0-9a-f]{4}):([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])$/.exec(text) ?? [];
  if (!domain || !bus || !slot || !fn)
    throw new RangeError(`${JSON.stringify(text)} is no PCI address; allowed: e.g. "0000:01:10.0"`);
  return { domain, bus, slot, fn };
}
