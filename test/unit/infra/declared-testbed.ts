import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parseConfig, resolveConfig } from "../../../infra/config/load.ts";
import { parseObservation, vfAddressOf } from "../../../infra/observe.ts";
import { doneLine } from "../../../infra/remote-script.ts";
import { declareTestbed } from "../../../infra/testbed.ts";

/** A resource as the program has declared it. */
interface DeclaredResource {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

/** What was declared since `beginDeclaring` or `forgetDeclared`. */
export const declared: DeclaredResource[] = [];

export const forgetDeclared = () => declared.splice(0);

const keyFile = join(mkdtempSync(join(tmpdir(), "lab-test-")), "id");
writeFileSync(keyFile, "a key");

const unavailable = { unavailable: "made up" };
/** What a run's program prints. */
const outcomeOf = (run: number) =>
  JSON.stringify({
    ...{ run, replicate: 1, directory: `/nowhere/${run}`, manifestSha256: "0".repeat(64), measured: true },
    summary: { ping: { rttMs: unavailable, rttOverheadMs: unavailable, responseTimeMs: unavailable } },
  });

/** An engine that only remembers what is declared; to be called before each test. */
export async function beginDeclaring(): Promise<void> {
  forgetDeclared();
  await pulumi.runtime.setMocks({
    call: () => ({}),
    newResource({ type, name, inputs }) {
      declared.push({ type, name, inputs });
      const stdout = name.startsWith("run-") ? outcomeOf(Number(name.slice(4))) : doneLine;
      return { id: `${name}-id`, state: { ...inputs, stdout } };
    },
  });
}

export const host = (address: string) => ({
  address,
  privateKeyFile: keyFile,
  hostKey: "ssh-ed25519 AAAA",
  pfs: [{ name: "pf0", vfs: 7 }],
});

/** Declares a scenario on servers that remember all of it but for what is forgotten, and waits until everything is known. */
export async function declare(own: Record<string, unknown>, forgotten: readonly string[] = []) {
  const all = {
    hosts: { fidelity: "emulated", hosts: { sender: host("192.0.2.1"), responder: host("192.0.2.2") } },
    resultsDirectory: "/nowhere",
    runs: 2,
    backgroundVms: 0,
    ...own,
  };
  const raw = Object.fromEntries(Object.entries(all).map(([key, value]) => [`p:${key}`, JSON.stringify(value)]));
  const facts = parseObservation(
    "record=server cpus=1 memory_mib=2914\nrecord=pf name=pf0 pci=0000:01:00.0 total_vfs=7 offset=128 stride=2 vfs=\n",
  );
  const view = {
    token: (layer: string, design = "") => `${forgotten.includes(layer) ? "new" : "there"}${design}`,
    vfAddress: (pf: string, vf: number) => vfAddressOf(facts.pfs.get(pf), vf),
    cpus: 1,
  };
  const image = {
    sha256: "ab".repeat(32),
    release: "6.12",
    kernelFile: "/k",
    kernelSha256: "",
    initrdFile: "/i",
    initrdSha256: "",
    loadInitrdFile: "/l",
    loadInitrdSha256: "",
  };
  const { runs, inAll } = declareTestbed({
    stack: "test",
    config: resolveConfig(parseConfig(raw, "p", "test"), "/"),
    guestImage: image,
    owner: "stack test",
    servers: { sender: view, responder: view },
  });
  return new Promise<{ runs: Record<string, string>; inAll: string }>((resolve) => {
    pulumi.all(runs).apply((texts) => inAll.apply((text) => resolve({ runs: texts, inAll: text })));
  });
}

export const named = (name: string) => declared.find((resource) => resource.name === name)?.inputs;
export const xsltOf = (name: string) => (named(name) as { xml: { xslt: string } }).xml.xslt;

/** Inputs of every resource but the runs, by name, in a scenario. */
export async function inputsOf(
  own: Record<string, unknown>,
  forgotten: readonly string[] = [],
): Promise<Map<string, string>> {
  forgetDeclared();
  await declare(own, forgotten);
  return new Map(
    declared.filter(({ name }) => !name.startsWith("run-")).map(({ name, inputs }) => [name, JSON.stringify(inputs)]),
  );
}

export const changedBetween = (a: Map<string, string>, b: Map<string, string>) =>
  [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name)).sort();

/** What the first run's program is told. */
export const specOfRun = () =>
  JSON.parse((named("run-01") as { environment: { LAB_RUN: string } }).environment.LAB_RUN);
