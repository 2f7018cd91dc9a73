import { join } from "node:path";
import { identityOf } from "../../infra/vm/addresses.ts";
import { plainProgress } from "../../lib/progress.ts";
import { writeHaltingImage } from "./guest.ts";
import { expectRunning, expectUntouched } from "./guests.ts";
import { hostOf } from "./host.ts";
import type { Measured } from "./measured.ts";
import { Quiet } from "./quiet.ts";
import { Script } from "./script.ts";
import { FleetStack } from "./stack.ts";

/** What runs on the server that host.sh has made: node inside.ts FOLDER, with the settings of fleet.ts as JSON. */
const folder = process.argv[2] ?? "";
const { vms, rounds, parallelStarts, quietLimitMs } = JSON.parse(process.env.BENCH_FLEET ?? "{}") as {
  vms: number;
  rounds: number;
  parallelStarts: number;
  quietLimitMs: number;
};
const half = Math.floor(vms / 2);
const namesOf = (count: number) =>
  Array.from({ length: count }, (_, index) => identityOf({ pair: 1, role: "sender" }, index + 1).name);

const guestImage = join(folder, "guest");
await writeHaltingImage(guestImage);
const stack = await FleetStack.make({ folder, host: hostOf(folder), guestImage, parallelStarts });
const quiet = new Quiet(quietLimitMs, plainProgress);
const measured: Measured = {
  ...{ vms, parallelStarts, busyBefore: 0 },
  ...{ up: [], script: [], unchanged: [], withPreview: [], grown: [], scriptGrown: [], destroyed: [] },
};

/** Adds what `body` gives, in seconds, to what has been measured of its kind. */
async function measure(
  kind: keyof Omit<Measured, "vms" | "parallelStarts" | "busyBefore">,
  body: () => Promise<number>,
) {
  await quiet.wait();
  const seconds = await body();
  measured[kind].push(seconds);
  plainProgress.say(`${kind}: ${seconds.toFixed(1)} s`);
}

async function takeDown(): Promise<void> {
  await measure("destroyed", () => stack.destroy());
  await expectRunning([]);
}

/** Once without measuring: what every later deployment finds in caches, and what the script is to make. */
async function scriptOfDeployment(): Promise<Script> {
  await stack.up(vms);
  await expectRunning(namesOf(vms));
  const script = new Script(await stack.deployed(), guestImage, join(folder, "definitions"), parallelStarts);
  await stack.destroy();
  return script;
}

async function deploy(): Promise<void> {
  await measure("up", () => stack.up(vms));
  const before = await expectRunning(namesOf(vms));
  await stack.acceptGuests();
  await measure("unchanged", () => stack.up(vms, { unchanged: true }));
  expectUntouched(before, await expectRunning(namesOf(vms)));
  await takeDown();
}

async function runScript(script: Script): Promise<void> {
  await script.begin();
  await measure("script", () => script.make(0, vms));
  await expectRunning(namesOf(vms));
  await script.end();
  await expectRunning([]);
}

async function deployWithPreview(): Promise<void> {
  await measure("withPreview", () => stack.up(vms, { preview: true }));
  await expectRunning(namesOf(vms));
  await takeDown();
}

/** From half of the fleet to all of it; the half that is there must not be touched. */
async function grow(script: Script): Promise<void> {
  await stack.up(half);
  const before = await expectRunning(namesOf(half));
  await stack.acceptGuests();
  await measure("grown", () => stack.up(vms));
  expectUntouched(before, await expectRunning(namesOf(vms)));
  await stack.destroy();
  await script.begin();
  await script.make(0, half);
  await measure("scriptGrown", () => script.make(half, vms));
  await expectRunning(namesOf(vms));
  await script.end();
}

const script = await scriptOfDeployment();
for (let round = 0; round < rounds; round++) {
  await deploy();
  await runScript(script);
  await deployWithPreview();
  await runScript(script);
}
await grow(script);
measured.busyBefore = quiet.worst;
process.stdout.write(JSON.stringify(measured));
