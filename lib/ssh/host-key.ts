import type { ServerHostKeyAlgorithm } from "ssh2";

/** Types of host keys, and the signature algorithms a server may use with them: an RSA key signs with SHA-2 (RFC 8332). */
const algorithmsOf: Record<string, ServerHostKeyAlgorithm[]> = {
  "ssh-ed25519": ["ssh-ed25519"],
  "ecdsa-sha2-nistp256": ["ecdsa-sha2-nistp256"],
  "ecdsa-sha2-nistp384": ["ecdsa-sha2-nistp384"],
  "ecdsa-sha2-nistp521": ["ecdsa-sha2-nistp521"],
  "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256"],
};

export const hostKeyTypes: readonly string[] = Object.keys(algorithmsOf);

/** A host key that a server must show. */
export interface HostKey {
  blob: Buffer;
  algorithms: ServerHostKeyAlgorithm[];
}

/** Reads "TYPE BASE64", as in known_hosts(5) without the host; what follows is a comment. */
export function parseHostKey(text: string): HostKey | undefined {
  const [type = "", base64 = ""] = text.trim().split(/\s+/);
  const algorithms = algorithmsOf[type];
  const blob = Buffer.from(base64, "base64");
  // RFC 4253, 6.6: a public key begins with the length and the text of its type.
  if (!algorithms || blob.length < 4 + type.length + 4) return undefined;
  return blob.readUInt32BE(0) === type.length && blob.toString("latin1", 4, 4 + type.length) === type
    ? { blob, algorithms }
    : undefined;
}

/** What is wrong with a host key in the configuration, if anything. */
export function hostKeyProblem(text: string): string | undefined {
  if (parseHostKey(text)) return undefined;
  return `must be "TYPE BASE64" as ssh-keyscan prints it after the host (types: ${hostKeyTypes.join(", ")}), not ${JSON.stringify(text)}`;
}
