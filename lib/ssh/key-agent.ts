import { sign as signPem } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Duplex } from "node:stream";
import ssh2, { type ParsedKey } from "ssh2";
import { LabError, messageOf } from "../errors.ts";

/** A number as ssh writes it (RFC 4251, 5: mpint), with its length before it. */
function mpint(unsigned: Buffer): Buffer {
  const start = unsigned.findIndex((byte) => byte !== 0);
  const digits = start < 0 ? Buffer.alloc(0) : unsigned.subarray(start);
  const number = (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(number.length);
  return Buffer.concat([length, number]);
}

const ecdsaHash: Record<string, string> = {
  "ecdsa-sha2-nistp256": "sha256",
  "ecdsa-sha2-nistp384": "sha384",
  "ecdsa-sha2-nistp521": "sha512",
};

/** A signature as it goes over the wire; ECDSA's is two numbers (RFC 5656, 3.1.2). */
function signature(key: ParsedKey, data: Buffer, hash: string | undefined): Buffer {
  const ecdsa = ecdsaHash[key.type];
  if (ecdsa === undefined) return key.sign(data, hash);
  const pair = signPem(ecdsa, data, { key: key.getPrivatePEM(), dsaEncoding: "ieee-p1363" });
  return Buffer.concat([mpint(pair.subarray(0, pair.length / 2)), mpint(pair.subarray(pair.length / 2))]);
}

/**
 * Reads a private key.
 * @throws LabError which says why it cannot be used: absent, no key, or with a passphrase
 */
export function readPrivateKey(file: string): ParsedKey {
  let key: ParsedKey | Error;
  try {
    const parsed = ssh2.utils.parseKey(readFileSync(file));
    key = Array.isArray(parsed) ? (parsed[0] ?? new Error("it holds no key")) : parsed;
  } catch (error) {
    throw new LabError(`privateKeyFile ${file} cannot be read: ${messageOf(error)}`);
  }
  if (!(key instanceof Error) && key.isPrivateKey()) return key;
  const why = key instanceof Error ? key.message : "it is a public key";
  throw new LabError(
    `privateKeyFile ${file} cannot be used: ${why}. A key with a passphrase belongs into an ssh agent: ssh-add it, and leave privateKeyFile out`,
  );
}

/**
 * Speaks the agent's side of ssh's agent protocol (draft-miller-ssh-agent) with one client: it signs with the key of a
 * file, which is read when it is asked for, and does nothing else. The key stays in this process.
 */
export function serveKey(stream: Duplex, file: string): void {
  const agent = new ssh2.AgentProtocol(false);
  const answer = (request: Parameters<typeof agent.failureReply>[0], body: (key: ParsedKey) => void) => {
    try {
      body(readPrivateKey(file));
    } catch {
      agent.failureReply(request);
    }
  };
  agent.on("identities", (request) => answer(request, (key) => agent.getIdentitiesReply(request, [key])));
  agent.on("sign", (request, wanted, data, { hash }) =>
    answer(request, (key) => {
      if (key.getPublicSSH().equals(wanted.getPublicSSH())) agent.signReply(request, signature(key, data, hash));
      else agent.failureReply(request);
    }),
  );
  agent.on("error", () => stream.destroy());
  stream.on("error", () => {});
  stream.pipe(agent).pipe(stream);
}
