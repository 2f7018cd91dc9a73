import { zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { expect, it } from "vitest";
import { unpackKernel } from "../../../emulator/images/kernel.ts";

const elf = (rest: Uint8Array) => Buffer.concat([Buffer.from("\x7fELF", "latin1"), rest]);

/** A bzImage whose payload is `packed`, with `setupSectors` sectors of setup and `before` bytes of code before the payload. */
function bzImage(packed: Buffer, { setupSectors = 4, before = 64, protocol = 0x20f } = {}): Buffer {
  const setup = Buffer.alloc((setupSectors + 1) * 512);
  setup.writeUInt8(setupSectors, 0x1f1);
  setup.write("HdrS", 0x202, "latin1");
  setup.writeUInt16LE(protocol, 0x206);
  setup.writeUInt32LE(before, 0x248);
  setup.writeUInt32LE(packed.length, 0x24c);
  return Buffer.concat([setup, Buffer.alloc(before, 0x90), packed, Buffer.alloc(32)]);
}

function packed(kernel: Buffer, says = kernel.length): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(says);
  return Buffer.concat([zstdCompressSync(kernel), size]);
}

it("finds the kernel that a bzImage carries, whatever the size of its setup and its unpacker", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 4096 }),
      fc.integer({ min: 1, max: 63 }),
      fc.integer({ min: 0, max: 8192 }),
      (rest, setupSectors, before) => {
        const kernel = elf(rest);
        expect(unpackKernel(bzImage(packed(kernel), { setupSectors, before })).equals(kernel)).toBe(true);
      },
    ),
  );
});

it.each([
  ["something else", Buffer.alloc(4096, 1), "not a bzImage"],
  ["an old protocol", bzImage(packed(elf(Buffer.alloc(8))), { protocol: 0x207 }), "protocol 2.08"],
  ["a file that was cut", bzImage(packed(elf(Buffer.alloc(64)))).subarray(0, -48), "ends before its payload does"],
  ["another packer", bzImage(Buffer.from("\xfd7zXZ\0 and more", "latin1")), "not packed with zstd"],
  ["a size that is not the kernel's", bzImage(packed(elf(Buffer.alloc(8)), 13)), "has 12 bytes and says 13"],
  ["no ELF file", bzImage(packed(Buffer.from("MZ and what follows"))), "not an ELF file"],
])("refuses %s", (_, image, why) => {
  expect(() => unpackKernel(image)).toThrow(why);
});
