import { expect, it } from "vitest";
import { clearDeployed } from "../../../cli/state/clear.ts";

it.each([
  ["/srv/results", "0a1b2c3d4e", /campaign clear .*"\/srv\/results".*s3:\/\/BUCKET\/PREFIX/],
  ["s3://lab/rtt", "ada@rack-2", /campaign clear .*"ada@rack-2".*operator of a lease, ten digits/],
])("%s of operator %s is refused before a store is asked", async (address, operator, message) => {
  const cleared = clearDeployed(address, operator, { hosts: "servers.json" });
  await expect(cleared).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
});
