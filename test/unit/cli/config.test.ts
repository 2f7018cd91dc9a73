import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readStackConfig, stackFile } from "../../../cli/stack/config.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-config-"));
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    "name: sriov-rtt\nconfig:\n  sriov-rtt:runs: 10\n  sriov-rtt:packets:\n    type: integer\n    value: 50\n",
  );
});

afterEach(() => rmSync(folder, { recursive: true }));

const write = (text: string) => writeFileSync(join(folder, "Pulumi.test.yaml"), text);

it("lays the stack's values over the project's", () => {
  write("config:\n  sriov-rtt:mainDriver: virtio-bridge\n  sriov-rtt:runs: 3\n");
  expect(readStackConfig(folder, "test")).toMatchObject({ mainDriver: "virtio-bridge", runs: 3, packets: 50 });
});

it("hands over structured values", () => {
  write("config:\n  sriov-rtt:mainDriver:\n    sender: virtio-bridge\n    responder: pci-passthrough\n");
  expect(readStackConfig(folder, "test")?.mainDriver).toEqual({
    sender: "virtio-bridge",
    responder: "pci-passthrough",
  });
});

it("hands over a list as pulumi writes it", () => {
  write(
    "config:\n  sriov-rtt:mainDriver: virtio-bridge\n  sriov-rtt:probes:\n    - netperf\n  sriov-rtt:netperfSeconds: 20\n",
  );
  expect(readStackConfig(folder, "test")).toMatchObject({ probes: ["netperf"], netperfSeconds: 20 });
});

it("refuses what the schema refuses", () => {
  write("config:\n  sriov-rtt:mainDriver: e1001\n  sriov-rtt:runs: 0\n");
  expect(() => readStackConfig(folder, "test")).toThrow(/mainDriver: "e1001"[\s\S]*runs: 0/);
});

it("does not judge what it cannot know: a stack without a file, or with secrets", () => {
  expect(readStackConfig(folder, "other")).toBeUndefined();
  write("config:\n  sriov-rtt:mainDriver:\n    secure: AAAB\n");
  expect(readStackConfig(folder, "test")).toBeUndefined();
});

it("finds the file of a stack that is named with its organization", () => {
  expect(stackFile("/c", "acme/sriov-rtt/test")).toBe("/c/Pulumi.test.yaml");
});
