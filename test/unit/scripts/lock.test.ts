import { statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { MadeUpServer } from "../../support/made-up/server.ts";

let server: MadeUpServer;
beforeEach(() => {
  server = new MadeUpServer();
});
afterEach(() => server.remove());

it("the lock of a server can be opened by root alone, so nobody else can hold it", async () => {
  expect((await server.run("lease.sh", { ACTION: "create", TOKEN: "l", OWNER: "stack test" })).exitCode).toBe(0);
  expect(statSync(join(server.root, "run/sriov-rtt-lock")).mode & 0o777).toBe(0o700);
  expect(server.exists("run/lock")).toBe(false);
});

it("a command waits for whoever holds the lock", async () => {
  await server.run("lease.sh", { ACTION: "create", TOKEN: "l", OWNER: "stack test" });
  const held = await server.shell(
    `exec 9< ${server.root}/run/sriov-rtt-lock; flock 9; flock -n ${server.root}/run/sriov-rtt-lock true || echo held`,
  );
  expect(held).toBe("held");
});
