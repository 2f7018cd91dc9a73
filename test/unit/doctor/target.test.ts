import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { doctorTarget } from "../../../cli/doctor/target.ts";
import { host } from "./subject.ts";

const inventory = { fidelity: "hardware", hosts: { sender: host, responder: { ...host, address: "192.0.2.12" } } };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-doctor-"));
  mkdirSync(join(folder, ".lab"));
  writeFileSync(join(folder, ".lab/hosts.json"), JSON.stringify({ ...inventory, fidelity: "emulated" }));
  writeFileSync(join(folder, "servers.json"), JSON.stringify(inventory));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: sriov-rtt\nconfig:\n  sriov-rtt:mainDriver: virtio-bridge\n");
});
afterEach(() => rmSync(folder, { recursive: true }));

const stack = (text: string) => writeFileSync(join(folder, "Pulumi.rack.yaml"), text);
const refusal = (message: RegExp) => expect.objectContaining({ exitCode: 2, message: expect.stringMatching(message) });

it("is the emulated servers by default", () => {
  expect(doctorTarget(undefined, {}, folder)).toMatchObject({
    inventory: { fidelity: "emulated" },
    source: { file: ".lab/hosts.json", words: "" },
    file: join(folder, ".lab/hosts.json"),
  });
});

it("is the file that is named", () => {
  const target = doctorTarget(undefined, { hosts: "servers.json", write: true }, folder);
  expect(target.inventory.fidelity).toBe("hardware");
  expect(target.source).toEqual({ file: "servers.json", words: "--hosts servers.json" });
  expect(target).not.toHaveProperty("stack");
});

it("is the file that a stack names, with the scenario's plan", () => {
  stack("config:\n  sriov-rtt:hosts: servers.json\n  sriov-rtt:mainDriver: pci-passthrough\n");
  const target = doctorTarget("rack", { write: true }, folder);
  expect(target.source).toEqual({ file: "servers.json", words: "rack" });
  expect(target.stack?.name).toBe("rack");
  expect(target.stack?.tenant).toContain(`stack rack (`);
  expect(target.stack?.plan.sender.main.driver).toBe("pci-passthrough");
});

it("is a stack whose hosts stand in its own configuration, which is not written to", () => {
  stack(`config:\n  sriov-rtt:hosts: ${JSON.stringify(inventory)}\n`);
  const target = doctorTarget("rack", {}, folder);
  expect(target.inventory.hosts.responder.address).toBe("192.0.2.12");
  expect(target.source).toEqual({ stack: "rack" });
  expect(() => doctorTarget("rack", { write: true }, folder)).toThrow(
    refusal(/^--write: the servers of stack rack stand in its own configuration.*config set hosts servers\.json/),
  );
});

it("is refused when the words do not fit, by word and what is allowed", () => {
  stack("config: {}\n");
  expect(() => doctorTarget("rack", { hosts: "servers.json" }, folder)).toThrow(
    refusal(/^--hosts servers\.json: stack rack/),
  );
  expect(() => doctorTarget("none", {}, folder)).toThrow(refusal(/there is no file .*Pulumi\.none\.yaml/));
  expect(() => doctorTarget(undefined, { hosts: "none.json" }, folder)).toThrow(refusal(/none\.json does not exist/));
});

it("is refused when both servers are one", () => {
  writeFileSync(
    join(folder, "servers.json"),
    JSON.stringify({ ...inventory, hosts: { sender: host, responder: host } }),
  );
  expect(() => doctorTarget(undefined, { hosts: "servers.json" }, folder)).toThrow(
    refusal(/hosts\.responder\.address: ".*" is not allowed; allowed: another server than the sender/),
  );
});

it("is refused when only pulumi can read it", () => {
  stack("config:\n  sriov-rtt:guestImage:\n    secure: AAAB\n");
  expect(() => doctorTarget("rack", {}, folder)).toThrow(refusal(/holds secrets, which only pulumi can read/));
});
