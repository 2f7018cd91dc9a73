import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, it, onTestFinished } from "vitest";
import { checkout } from "../../../lib/paths.ts";

/** Plays tcpdump, which writes "packet" of one and "packets" of any other number when it is interrupted. */
const playedTcpdump = (frames: number) => `#!${process.execPath}
const packets = ${JSON.stringify(frames === 1 ? "packet" : "packets")};
process.on("SIGINT", () => {
  console.error(\`${frames} \${packets} captured\\n${frames} \${packets} received by filter\\n0 packets dropped by kernel\`);
  process.exit();
});
setInterval(() => {}, 1000);
console.error("tcpdump: listening on far, link-type EN10MB (Ethernet), snapshot length 128 bytes");
`;

it("a session captures in the network namespace that an interface is called by", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lab-session-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "tcpdump"), playedTcpdump(1));
  writeFileSync(join(folder, "ip"), `#!/bin/sh\necho "$*" > ${folder}/entered\nshift 3; exec "$@"\n`);
  for (const program of ["tcpdump", "ip"]) chmodSync(join(folder, program), 0o755);
  const { stdout } = await execa("sh", [join(checkout, "measure/probe/scripts/session.sh")], {
    env: {
      CAPTURES: "nic rtt-main/far",
      FILTER: "icmp",
      SNAP_BYTES: "128",
      LC_ALL: "C",
      PATH: `${folder}:${process.env.PATH}`,
    },
    input: "stop\n",
  });
  expect(stdout).toContain("event=counts name=nic captured=1 received=1 dropped=0");
  expect(readFileSync(join(folder, "entered"), "utf8")).toMatch(/^netns exec rtt-main tcpdump -i far -p /);
});

it.each(["none", ""])(
  "a session in which CPU sampling is %j answers alike, and starts mpstat unless that is none",
  async (sampling) => {
    const folder = mkdtempSync(join(tmpdir(), "lab-session-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, "mpstat"), `#!/bin/sh\necho "$*" > ${folder}/asked\nexec sleep 60\n`);
    chmodSync(join(folder, "mpstat"), 0o755);
    const { stdout } = await execa("sh", [join(checkout, "measure/probe/scripts/session.sh")], {
      env: { CPU_SAMPLING: sampling, LC_ALL: "C", PATH: `${folder}:${process.env.PATH}` },
      stdin: (async function* () {
        yield "mpstat\n";
        await expect
          .poll(() => sampling === "none" || existsSync(join(folder, "asked")), { timeout: 20_000 })
          .toBe(true);
        yield "stop\n";
      })(),
    });
    expect(stdout.split("\n").slice(1)).toEqual(["event=sampling", "event=stopped"]);
    expect(existsSync(join(folder, "asked"))).toBe(sampling !== "none");
  },
);

it.each([0, 1, 2])("a session says how many frames were captured, of %i", async (frames) => {
  const folder = mkdtempSync(join(tmpdir(), "lab-session-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "tcpdump"), playedTcpdump(frames));
  chmodSync(join(folder, "tcpdump"), 0o755);
  const { stdout } = await execa("sh", [join(checkout, "measure/probe/scripts/session.sh")], {
    env: { CAPTURES: "nic far", FILTER: "icmp", SNAP_BYTES: "128", LC_ALL: "C", PATH: `${folder}:${process.env.PATH}` },
    input: "stop\n",
  });
  expect(stdout.split("\n").slice(1)).toEqual([
    `event=counts name=nic captured=${frames} received=${frames} dropped=0`,
    "event=stopped",
  ]);
});
