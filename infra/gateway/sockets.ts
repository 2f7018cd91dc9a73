import { chmodSync, lstatSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { canonicalJson, sha256 } from "../../lib/canonical.ts";
import { LabError, messageOf } from "../../lib/errors.ts";
import { checkout } from "../../lib/paths.ts";
import { type SshEndpoint, type SshTarget, targetOf } from "../../lib/ssh/target.ts";

/** Where providers find a server: sockets on this machine, behind which `Gateway` listens. */
export interface Sockets {
  /** libvirt on the server. */
  libvirt: string;
  /** An ssh agent with the server's key, and nothing else. */
  agent: string;
  /** The same for the server on the way; the server's own where there is none. */
  jumpAgent: string;
}

/** Not below the checkout: the name of a socket has at most 107 bytes (unix(7)). */
const folder = () => `/tmp/sriov-rtt-${process.getuid?.() ?? "user"}`;

/**
 * Makes the folder of the sockets, which only this user can enter.
 * @throws LabError when it is somebody else's
 */
export function socketFolder(): string {
  const path = folder();
  try {
    mkdirSync(path, { mode: 0o700, recursive: true });
    const stat = lstatSync(path);
    if (!stat.isDirectory() || stat.uid !== process.getuid?.())
      throw new LabError("it is not a folder of this user's own");
    if ((stat.mode & 0o077) !== 0) chmodSync(path, 0o700);
  } catch (error) {
    throw new LabError(`${path}, where the sockets of this user's testbeds are: ${messageOf(error)}; remove it`);
  }
  return path;
}

/** An address that people recognise in the name of a file. */
const readable = ({ address, port }: SshEndpoint) => `${address.replace(/[^\w.-]/g, "_").slice(0, 32)}-${port}`;

const nameFor = (endpoint: SshEndpoint, rest: unknown) =>
  `${readable(endpoint)}-${sha256(canonicalJson([checkout, endpoint, rest])).slice(0, 12)}`;

/**
 * The sockets of a server. They are the same for the same description in the same checkout, so that they can stand in a
 * stack's state, and others for another description, so that no server is ever taken for another one.
 */
export function socketsOf(target: SshTarget): Sockets {
  const { jump, ...endpoint } = targetOf(target);
  const path = (name: string, what: string) => join(folder(), `${name}.${what}`);
  const serverName = nameFor(endpoint, jump ?? null);
  return {
    libvirt: path(serverName, "libvirt"),
    agent: path(serverName, "agent"),
    jumpAgent: jump === undefined ? path(serverName, "agent") : path(nameFor(jump, "jump"), "agent"),
  };
}

/** The libvirt of a server, as a connection URI: its socket on this machine, in which nothing needs to be escaped. */
export const libvirtUri = (target: SshTarget): string => `qemu+unix:///system?socket=${socketsOf(target).libvirt}`;
