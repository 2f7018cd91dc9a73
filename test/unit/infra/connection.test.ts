import { expect, it } from "vitest";
import { connectionTo } from "../../../infra/connection.ts";
import { handshakeMs } from "../../../lib/ssh/connect.ts";
import { targetSchema } from "../../../lib/ssh/target.ts";

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdYuPU2nyQ4zGoC9bkgAyaXy5M9vnLpG+bvNdKEZ1lI";

it("a server that is quick enough for our own handshake is for Pulumi's, also by a jump host", () => {
  const jump = { address: "192.0.2.2", hostKey };
  const connection = connectionTo(targetSchema.parse({ address: "192.0.2.1", hostKey, jump }));
  const limits = [connection.perDialTimeout, connection.proxy?.perDialTimeout];
  expect(limits.map((seconds = 0) => seconds * 1000)).toEqual([handshakeMs, handshakeMs]);
});
