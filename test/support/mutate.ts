import fc from "fast-check";

/** One change of a text or of bytes; places are fractions of its length, so that they fit whatever came before. */
export type Mutation =
  | { kind: "set"; at: number; value: number }
  | { kind: "word"; at: number; value: number; big: boolean }
  | { kind: "cut"; at: number }
  | { kind: "remove" | "repeat"; at: number; length: number }
  | { kind: "insert"; at: number; bytes: Uint8Array }
  | { kind: "swap"; at: number; other: number; length: number };

/** Unbiased: fast-check's fondness of 0 would mostly spoil the header. */
const place = fc.noBias(fc.integer({ min: 0, max: 1_000_000 })).map((millionths) => millionths / 1_000_000);
const length = fc.oneof(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 4096 }));
/** Numbers at which lengths, counts and offsets turn. */
const edges = [0, 1, 2, 11, 12, 15, 16, 27, 28, 31, 32, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000, 262_144, 262_145];
const word = fc.oneof(
  fc.constantFrom(...edges, 0x0a0d0d0a, 0x1a2b3c4d, 0x7fff_ffff, 0x8000_0000, 0xffff_fffc, 0xffff_ffff),
  fc.integer({ min: 0, max: 0xffff_ffff }),
);

/** Changes of bytes. */
export const byteMutations: fc.Arbitrary<Mutation[]> = fc.array(
  fc.oneof(
    // Mostly small changes: of an input with many large ones no parser reads far.
    {
      weight: 12,
      arbitrary: fc.record({ kind: fc.constant("set" as const), at: place, value: fc.integer({ min: 0, max: 255 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant("word" as const), at: place, value: word, big: fc.boolean() }),
    },
    fc.record({ kind: fc.constant("cut" as const), at: place }),
    fc.record({ kind: fc.constantFrom("remove" as const, "repeat" as const), at: place, length }),
    fc.record({
      kind: fc.constant("insert" as const),
      at: place,
      bytes: fc.uint8Array({ minLength: 1, maxLength: 64 }),
    }),
    fc.record({ kind: fc.constant("swap" as const), at: place, other: place, length }),
  ),
  { minLength: 1, maxLength: 4 },
);

/** Applies changes one after the other. */
export function mutate(original: Uint8Array, mutations: readonly Mutation[]): Buffer {
  let bytes = Buffer.from(original);
  for (const mutation of mutations) {
    const at = Math.min(bytes.length, Math.floor(mutation.at * bytes.length));
    if (mutation.kind === "set" && at < bytes.length) bytes[at] = mutation.value;
    else if (mutation.kind === "word" && at + 4 <= bytes.length) {
      if (mutation.big) bytes.writeUInt32BE(mutation.value, at);
      else bytes.writeUInt32LE(mutation.value, at);
    } else if (mutation.kind === "cut") bytes = bytes.subarray(0, at);
    else if (mutation.kind === "remove")
      bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + mutation.length)]);
    else if (mutation.kind === "repeat")
      bytes = Buffer.concat([bytes.subarray(0, at + mutation.length), bytes.subarray(at)]);
    else if (mutation.kind === "insert")
      bytes = Buffer.concat([bytes.subarray(0, at), mutation.bytes, bytes.subarray(at)]);
    else if (mutation.kind === "swap") {
      const other = Math.min(bytes.length, Math.floor(mutation.other * bytes.length));
      const part = Buffer.from(bytes.subarray(other, other + mutation.length));
      part.copy(bytes, at);
    }
  }
  return bytes;
}

const snippets = [
  "\n",
  " ",
  "-",
  ".",
  "0",
  "65536",
  "99999999999999999999",
  " (DUP!)",
  " (truncated)",
  "From 10.9.0.1 icmp_seq=3 Destination Host Unreachable\n",
  "no answer yet for icmp_seq=4\n",
  "ping: Warning: time of day goes back (-31us), taking countermeasures\n",
  "--- x ping statistics ---\n",
  "NaN",
  "null",
  '"',
  "\\u00",
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "\u0000",
  "é",
  "😀",
];

/** Changes of text: pieces that mean something to one of the parsers, put where they do not belong. */
export const textMutations: fc.Arbitrary<Mutation[]> = fc.oneof(
  byteMutations,
  fc.array(
    fc.oneof(
      fc.record({
        kind: fc.constant("insert" as const),
        at: place,
        bytes: fc.constantFrom(...snippets).map((text) => new Uint8Array(Buffer.from(text))),
      }),
      fc.record({ kind: fc.constantFrom("remove" as const, "repeat" as const), at: place, length }),
      fc.record({ kind: fc.constant("swap" as const), at: place, other: place, length }),
      {
        weight: 6,
        arbitrary: fc.record({ kind: fc.constant("set" as const), at: place, value: fc.integer({ min: 48, max: 57 }) }),
      },
    ),
    { minLength: 1, maxLength: 3 },
  ),
);
