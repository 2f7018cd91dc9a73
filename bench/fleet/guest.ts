import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "../../lib/canonical.ts";

const magic = 0x1badb002;
/** The header tells where the image is to be loaded: it is no ELF file. */
const hasAddresses = 1 << 16;
const loadAddress = 0x100000;
const codeOffset = 32;
/** cli; hlt; jmp to the hlt */
const code = [0xfa, 0xf4, 0xeb, 0xfd];

/**
 * A kernel that halts: a guest with it is a whole QEMU process that takes no CPU once its firmware has started it. QEMU
 * loads it by its Multiboot header (Multiboot Specification 0.6.96, section 3.1), and the initramfs as its module.
 */
function haltingKernel(): Buffer {
  const image = Buffer.alloc(64);
  const end = loadAddress + image.length;
  const checksum = -(magic + hasAddresses) >>> 0;
  const header = [magic, hasAddresses, checksum, loadAddress, loadAddress, end, end, loadAddress + codeOffset];
  for (const [index, word] of header.entries()) image.writeUInt32LE(word, 4 * index);
  image.set(code, codeOffset);
  return image;
}

/** Writes a guest image folder whose guests halt at once, its files called as on a server: the script copies them as they are. */
export async function writeHaltingImage(folder: string): Promise<void> {
  const kernel = haltingKernel();
  const initrd = Buffer.alloc(512);
  const fileEntry = (file: string, content: Buffer) => ({ file, sha256: sha256(content) });
  await mkdir(folder);
  await writeFile(join(folder, "kernel"), kernel);
  for (const name of ["initrd", "initrd-load"]) await writeFile(join(folder, name), initrd);
  const manifest = {
    schemaVersion: 1,
    sha256: sha256(Buffer.concat([kernel, initrd])),
    kernel: { ...fileEntry("kernel", kernel), release: "none" },
    initrd: fileEntry("initrd", initrd),
    loadInitrd: fileEntry("initrd-load", initrd),
  };
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
}
