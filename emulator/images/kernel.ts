import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { LabError } from "../../lib/errors.ts";

// Offsets in a kernel for x86 (its Documentation/arch/x86/boot.rst): what it unpacks at boot, from the end of its setup on.
const setupSectors = 0x1f1;
const payloadOffset = 0x248;
const payloadLength = 0x24c;
const sector = 512;
const zstdMagic = 0xfd2fb528;
const elfMagic = 0x7f454c46;

/**
 * The kernel that a bzImage carries packed with zstd, as an ELF file (vmlinux).
 * @throws LabError when it carries something else
 */
export function unpackKernel(bzImage: Buffer): Buffer {
  // "HdrS" of protocol 2.08 and later, which has the payload's place.
  if (
    bzImage.length < 0x260 ||
    bzImage.toString("latin1", 0x202, 0x206) !== "HdrS" ||
    bzImage.readUInt16LE(0x206) < 0x208
  )
    throw new LabError("not a bzImage of boot protocol 2.08 or later");
  const start = (bzImage.readUInt8(setupSectors) + 1) * sector + bzImage.readUInt32LE(payloadOffset);
  const end = start + bzImage.readUInt32LE(payloadLength);
  if (end > bzImage.length || end - start < 8) throw new LabError("the bzImage ends before its payload does");
  const payload = bzImage.subarray(start, end);
  if (payload.readUInt32LE(0) !== zstdMagic) throw new LabError("the bzImage's payload is not packed with zstd");
  // The kernel's build appends the unpacked size, four bytes that are not zstd's.
  const kernel = zstdDecompressSync(payload.subarray(0, -4));
  if (kernel.length !== payload.readUInt32LE(payload.length - 4))
    throw new LabError(
      `the bzImage's payload has ${kernel.length} bytes and says ${payload.readUInt32LE(payload.length - 4)}`,
    );
  if (kernel.readUInt32BE(0) !== elfMagic) throw new LabError("the bzImage's payload is not an ELF file");
  return kernel;
}

/**
 * The kernel of the tree, unpacked. QEMU starts such a file through its PVH entry, so that no guest unpacks it at each
 * boot, which on an emulated server is two fifths of the boot.
 * @throws LabError when the kernel has no such entry
 */
export async function unpackedKernel(tree: string, release: string): Promise<Buffer> {
  const config = await readFile(join(tree, "boot", `config-${release}`), "utf8");
  if (!/^CONFIG_PVH=y$/m.test(config)) throw new LabError(`the kernel ${release} has no PVH entry (CONFIG_PVH)`);
  return unpackKernel(await readFile(join(tree, "boot", `vmlinuz-${release}`)));
}
