import { isIP } from "node:net";
import { z } from "zod";
import { hostKeyTypes } from "./host-key.ts";

const absolutePath = z.string().regex(/^\//, "an absolute path");

/** RFC 1123 names, and the underscore that real ones have. */
const hostName = /^(?!-)[\w-]+(\.[\w-]+)*\.?$/;

const isPrintable = (text: string) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text);

/** An ssh server and how to prove who we are to it. */
export const endpointSchema = z.strictObject({
  address: z
    .string()
    .min(1, { abort: true })
    .refine(
      (text) => isIP(text) !== 0 || (hostName.test(text) && !/^[\d.]+$/.test(text)),
      "a host name, an IPv4 address, or an IPv6 address without brackets",
    )
    .describe("host name, IPv4 address, or IPv6 address without brackets"),
  port: z.int().min(1).max(65535).default(22).describe("ssh port"),
  user: z
    .string()
    .min(1)
    .refine(isPrintable, "a name without line breaks and control characters")
    .default("root")
    .describe("ssh user"),
  privateKeyFile: absolutePath
    .optional()
    .describe(
      "ssh private key without a passphrase, on the machine that runs Pulumi; without this key, the ssh agent is asked (`SSH_AUTH_SOCK`)",
    ),
  hostKey: z
    .string()
    .regex(
      new RegExp(`^(${hostKeyTypes.join("|")}) [A-Za-z0-9+/]+=*$`),
      "the server's ssh host key: the first two words, with no comment, of its /etc/ssh/ssh_host_ed25519_key.pub (ssh-ed25519 and its BASE64)",
    )
    .describe("ssh host key; a server that shows another one is refused"),
});
export type SshEndpoint = z.infer<typeof endpointSchema>;

export const targetSchema = endpointSchema.extend({
  jump: endpointSchema
    .optional()
    .describe("an ssh server on the way, over which this one is reached (it must allow TCP forwarding)"),
});
/** A server that is reached over ssh, if need be through another one. This is all that any client of ours goes by. */
export type SshTarget = z.infer<typeof targetSchema>;

const endpointOf = ({ address, port, user, privateKeyFile, hostKey }: SshEndpoint): SshEndpoint => ({
  ...{ address, port, user, hostKey },
  ...(privateKeyFile !== undefined && { privateKeyFile }),
});

/** What of a longer description says how a server is reached. */
export const targetOf = ({ jump, ...endpoint }: SshTarget): SshTarget => ({
  ...endpointOf(endpoint),
  ...(jump !== undefined && { jump: endpointOf(jump) }),
});

/** "root@[2001:db8::1]:22", for messages. */
export const endpointWords = ({ address, port, user }: Pick<SshEndpoint, "address" | "port" | "user">): string =>
  `${user}@${address.includes(":") ? `[${address}]` : address}:${port}`;
