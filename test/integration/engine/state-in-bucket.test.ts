import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parseBucket } from "../../../cli/bucket/address.ts";
import { Bucket } from "../../../cli/bucket/bucket.ts";
import { stackNameOf } from "../../../cli/campaign/stacks.ts";
import { tidyAll } from "../../../cli/campaign/tidy.ts";
import { stackFile } from "../../../cli/stack/config.ts";
import { leftoverOf } from "../../../cli/stack/leftover.ts";
import { holdOf, withHold } from "../../../cli/state/hold.ts";
import { deployedStacks, locksOf } from "../../../cli/state/in-bucket.ts";
import { keepIn, statePlaceFor } from "../../../cli/state/kept.ts";
import { bucketBackend, statePlaceOf } from "../../../cli/state/place.ts";
import { forgetBucket, isInBucket } from "../../../cli/state/remembered.ts";
import { type TakeDownOptions, takeDown } from "../../../cli/state/take-down.ts";
import { connectionTo } from "../../../infra/connection.ts";
import { type Listener, listenAt } from "../../../infra/gateway/listener.ts";
import { rememberTarget } from "../../../infra/gateway/remembered.ts";
import { messageOf } from "../../../lib/errors.ts";
import { checkout, labDir } from "../../../lib/paths.ts";
import { serveKey } from "../../../lib/ssh/key-agent.ts";
import { targetOf, targetSchema } from "../../../lib/ssh/target.ts";
import { blocksIn, textOf } from "../../support/documents.ts";
import { type S3, startS3 } from "../../support/s3.ts";
import { type Sshd, startSshd } from "../../support/sshd.ts";
import { startLab } from "../lab.ts";
import { Project, until } from "./project.ts";

/** The rights that docs/lab.md calls sufficient. */
const [policy = ""] = blocksIn(textOf("docs/lab.md"), "json");
const results = parseBucket("--results", "s3://lab/rtt");
const dead = { operator: "0a1b2c3d4e", who: "ada@rack-2:/srv/rtt/pair-2" };
const placeOfDead = statePlaceOf(results, dead.operator);
const stack = stackNameOf(95);
const never = new AbortController().signal;
const before = { ...process.env };
const rememberedServers = join(labDir, "servers");

let s3: S3;
let servers: Sshd[];
/** Of this machine; the one that is dead has another, with sockets of its own. */
let folder: string;
let project: Project;
let agents: Listener[];
let remembered: Set<string>;

const namesIn = (path: string) => (existsSync(path) ? readdirSync(path) : []);
const bucket = () => new Bucket(placeOfDead);
const target = (index: number) => targetSchema.parse(servers[index]?.target());
const marker = (index: number) => join(folder, `marker-${index}`);
const areThere = () => [0, 1].map((index) => existsSync(marker(index)));

/** What the dead machine makes on a server: a file, which is removed with it. */
const layer = (
  index: number,
  name = `lease-${index}`,
  create = `touch ${marker(index)}`,
  remove = `rm ${marker(index)}`,
) => ({
  kind: "remote" as const,
  name,
  args: {
    connection: { ...connectionTo(target(index)), agentSocketPath: join(project.folder, `agent-${index}`) },
    ...{ create, delete: remove },
  },
});
/** What it has one of our programs do, which is told of a server, with the name of a key's file that is only there. */
const program = () => ({
  kind: "local" as const,
  name: "image",
  args: {
    environment: { LAB_TOLD: JSON.stringify({ host: { ...target(0), privateKeyFile: "/of/the/dead/key" } }) },
    ...{ create: "true", delete: `printf %s "$LAB_TOLD" > ${join(folder, "told")}` },
  },
});

beforeAll(async () => {
  s3 = await startS3("lab", policy);
  servers = await Promise.all([startSshd(), startSshd()]);
  folder = mkdtempSync(join(tmpdir(), "lab-state-"));
  remembered = new Set(namesIn(rememberedServers));
  // Commands of this test do not wait for other tests that use this checkout.
  Object.assign(process.env, s3.environment, { PULUMI_CONFIG_PASSPHRASE: "", LAB_LOCKS_HELD: `checkout:${checkout}` });
  delete process.env.PULUMI_BACKEND_URL;
  project = await Project.make("sriov-rtt", stack, { ...bucketBackend(placeOfDead), PULUMI_CONFIG_PASSPHRASE: "" });
  agents = await Promise.all(
    servers.map(({ privateKeyFile }, index) =>
      listenAt(join(project.folder, `agent-${index}`), (socket) => serveKey(socket, privateKeyFile)),
    ),
  );
  project.declare([layer(0), layer(1), program()]);
  const up = await project.up("--stack", stack);
  expect(up.code, up.output).toBe(0);
  // It deploys further, and is killed meanwhile.
  const under = join(folder, "under-way");
  project.declare([layer(0), layer(1), program(), layer(0, "nic", `touch ${under}; sleep 20`, "true")]);
  const { pid, ended } = project.start("up", "--yes", "--skip-preview", "--stack", stack);
  expect(await until(() => existsSync(under), 240_000)).toBe(true);
  process.kill(pid, "SIGKILL");
  await ended;
  for (const agent of agents) agent.close();
});
afterAll(async () => {
  process.env = before;
  for (const name of namesIn(rememberedServers)) if (!remembered.has(name)) rmSync(join(rememberedServers, name));
  rmSync(stackFile(checkout, stack), { force: true });
  forgetBucket(stack);
  project?.remove();
  if (folder) rmSync(folder, { recursive: true });
  await Promise.all(servers?.map((server) => server.stop()) ?? []);
  await s3?.stop();
});

/** Tries to take down what the dead machine has deployed, from a machine that nobody has told how long to look. */
async function refusal(changes: Partial<TakeDownOptions> = {}): Promise<unknown> {
  const options: TakeDownOptions = {
    ...{ bucket: bucket(), operator: dead.operator, env: { ...process.env, ...project.env } as Record<string, string> },
    ...{ targets: [target(0), target(1)], hosts: "servers-2.json", isForced: false },
    ...{ holder: { operator: "f".repeat(10), who: "bob@desk:/home/bob/rtt" }, times: { beatMs: 100, watchMs: 600 } },
    ...{ progress: { say: () => {}, step: (_, body) => body() }, interruption: { asked: never, tellChildren: never } },
    ...{ timeLimitMs: 60_000, logFile: join(folder, "pulumi.log") },
  };
  return takeDown({ ...options, ...changes }).then(
    () => "it was taken down",
    (error: unknown) => error,
  );
}

it("nothing is taken from one who lives, has a lock, or has left it deployed, nor on other servers", async () => {
  expect(messageOf(await refusal())).toMatch(
    /campaign-pair95 in s3:\S+ is locked by .*@.*, process \d+, since .*--force/,
  );
  const hold = { bucket: bucket(), stack, holder: dead, say: () => {}, times: { beatMs: 50, watchMs: 0 } };
  const isForced = true;
  await withHold(hold, { asked: never, tellChildren: never }, async () =>
    expect(messageOf(await refusal({ isForced }))).toContain(`is in use by ${dead.who}, process ${process.pid}`),
  );
  expect(
    await refusal({
      isForced,
      targets: [
        { ...target(0), port: 1 },
        { ...target(1), port: 1 },
      ],
    }),
  ).toMatchObject({
    ...{ exitCode: 2, message: expect.stringContaining("deployed on other servers than those in servers-2.json") },
  });
  const { hostKey } = target(1);
  const other = messageOf(await refusal({ isForced, targets: [{ ...target(0), hostKey }] }));
  expect(other).toContain(`${target(0).port} shows the host key ${hostKey} by that file, and was deployed on with`);
  expect(other).toContain(`${target(1).port} is none of them`);
  const [lock] = await bucket().list(".pulumi/locks/");
  if (lock === undefined) throw new Error("there is no lock");
  const text = await bucket().get(lock);
  await bucket().remove(lock.name);
  expect(messageOf(await refusal())).toMatch(/was left deployed by ada@rack-2:\S+, whose command has ended .*--force/);
  await bucket().put(lock.name, text);
  expect(areThere()).toEqual([true, true]);
});

it("what a machine has deployed that is gone another one finds, and takes down by its own keys when it is told to", async () => {
  const host = (index: number) => ({ ...target(index), pfs: [{ name: "ens1f0", vfs: 8 }] });
  const hosts = join(folder, "servers.json");
  writeFileSync(hosts, JSON.stringify({ fidelity: "hardware", hosts: { sender: host(0), responder: host(1) } }));
  for (const index of [0, 1]) {
    const key = readFileSync(target(index).privateKeyFile ?? "", "utf8").split("\n")[1] ?? "none";
    for (const object of await bucket().list("")) expect(`${await bucket().get(object)}`).not.toContain(key);
  }
  const clear = (...words: string[]) => startLab("campaign", "clear", "s3://lab/rtt", ...words).ended;

  const { printed } = await clear();
  expect(printed).toMatch(
    /^0a1b2c3d4e {2}campaign-pair95: \d+ resources; ada@rack-2:\S+; locked by \S+@\S+, process \d+, since/,
  );
  const { code, told } = await clear(dead.operator, "--hosts", hosts, "--force");
  expect(code, told).toBe(0);
  expect(told).toContain(`stack ${stack}: nothing of it is left on 127.0.0.1:${target(0).port} and 127.0.0.1:`);
  expect(areThere()).toEqual([false, false]);
  expect(JSON.parse(readFileSync(join(folder, "told"), "utf8"))).toEqual({ host: targetOf(target(0)) });
  expect([await deployedStacks(bucket()), await locksOf(bucket(), stack)]).toEqual([[], []]);
  expect(await refusal()).toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/tells of nothing that is depl/),
  });
  // The machine comes back after all.
  expect(await project.pulumi("destroy", "--yes", "--skip-preview", "--stack", stack)).toMatchObject({ code: 0 });
});

it("what this machine has left in a bucket it takes down, also where another one had begun to and was killed", async () => {
  const place = await statePlaceFor("s3://lab/rtt");
  if (place === undefined) throw new Error("it is in no bucket");
  const own = new Bucket(place);
  await keepIn(place, stack, async () => {});
  Object.assign(process.env, { PATH: project.env.PATH });
  const made = await LocalWorkspace.createOrSelectStack(
    { stackName: stack, workDir: checkout },
    { envVars: { ...project.env, ...bucketBackend(place) } },
  );
  rememberTarget(rememberedServers, { name: "sender", target: targetOf(target(0)) });
  const { version, deployment } = await made.exportStack();
  const [type, thingType] = ["pulumi:pulumi:Stack", "lab:made-up:Thing"];
  const root = { urn: `urn:pulumi:${stack}::sriov-rtt::${type}::sriov-rtt-${stack}`, custom: false, type };
  const inputs = { connection: { ...connectionTo(target(0)), agentSocketPath: "/of/another/machine.agent" } };
  const urn = `urn:pulumi:${stack}::sriov-rtt::${thingType}::thing`;
  const resources = [root, { urn, custom: false, type: thingType, parent: root.urn, inputs }];
  await made.importStack({ version, deployment: { ...deployment, resources } });
  await own.put(`.pulumi/locks/organization/sriov-rtt/${stack}/x.json`, Buffer.from("{}"));
  expect(leftoverOf(stack)).toBe("left");

  const how = { results: join(folder, "results"), log: join(folder, "campaign"), keep: false };
  await tidyAll([{ number: 95, hosts: "/servers.json" }], how);
  expect(readFileSync(`${how.log}.log`, "utf8")).toContain("- 2 deleted");
  expect([leftoverOf(stack), isInBucket(stack), existsSync(stackFile(checkout, stack))]).toEqual([
    "nothing",
    false,
    false,
  ]);
  expect([await deployedStacks(own), await locksOf(own, stack)]).toEqual([[], []]);
  expect(await holdOf(own, stack)).toMatchObject({ pid: process.pid, isOver: true });
});
