import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Client } from "ssh2";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Connection } from "../../../tools/engine/command-provider/connection.ts";
import { start } from "../../../tools/engine/command-provider/connection.ts";
import { closeConnections, withConnection } from "../../../tools/engine/command-provider/pool.ts";
import { type Sshd, startSshd } from "../../support/sshd.ts";

let server: Sshd;
let connection: Connection;
beforeAll(async () => {
  server = await startSshd({});
  const { address, port, user, hostKey } = server.target();
  const privateKey = readFileSync(server.privateKeyFile, "utf8");
  connection = { host: address, port, user, hostKey, privateKey, dialErrorLimit: 0, perDialTimeout: 15 };
});
afterAll(async () => {
  closeConnections();
  await server.stop();
});

/** Runs a command on a connection of the pool, and gives that with what the command printed. */
const run = (command: string) =>
  withConnection(
    connection,
    () => {},
    new AbortController().signal,
    (client) =>
      start(client, command, {}, async (channel) => {
        let printed = "";
        channel.on("data", (data: Buffer) => {
          printed += data.toString();
        });
        await once(channel, "close");
        return { client, printed };
      }),
  );

test("commands share a connection; one that is ending is lent to nobody", async () => {
  const first = await run("echo one");
  const second = await run("echo two");
  expect([first.printed, second.printed, second.client === first.client]).toEqual(["one\n", "two\n", true]);
  first.client.end(); // as when it was idle, or its server has enough of it: "close" comes later
  const third = await run("echo three");
  expect([third.printed, third.client === first.client]).toEqual(["three\n", false]);
});

test("one that is idle ends, and the command that comes just then has another", { timeout: 30_000 }, async () => {
  const { client } = await run("echo one");
  let later: Promise<{ client: Client; printed: string }> | undefined;
  const end = client.end.bind(client);
  client.end = () => {
    end();
    later = run("echo two");
    return client;
  };
  await once(client, "close");
  const other = await later;
  expect([other?.printed, other?.client === client]).toEqual(["two\n", false]);
});
