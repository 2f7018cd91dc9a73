import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawnStack, writePicture } from "../../../cli/draw/run.ts";
import { serversWith } from "../../support/drawn-stack.ts";

const folder = mkdtempSync(join(tmpdir(), "lab-draw-"));
const stack = (name: string, values: Record<string, unknown>) =>
  writeFileSync(join(folder, `Pulumi.${name}.yaml`), JSON.stringify({ config: values }));

beforeAll(() => {
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    JSON.stringify({ name: "made-up", config: { "made-up:hosts": "servers.json" } }),
  );
  stack("plain", { "made-up:mainDriver": "pci-passthrough" });
  stack("described", {
    "made-up:mainDriver": "pci-passthrough",
    "made-up:hosts": serversWith([{ name: "ens1f0", vfs: 2 }]),
  });
  stack("overload", {
    "made-up:mainDriver": "pci-passthrough",
    "made-up:hosts": serversWith([{ name: "ens1f0", vfs: 0 }]),
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("./lab draw", () => {
  it("draws a stack whose servers are not described yet, without names and numbers of their ports", () => {
    const svg = drawnStack("plain", folder);
    expect(svg).toContain(">NIC<");
    expect(svg).toContain(">Sender server<");
  });

  it("draws what the hosts say", () => {
    const svg = drawnStack("described", folder);
    expect(svg).toContain(">ens1f0<");
    expect(svg).toContain(">PF with 2 VFs<");
    expect(svg).toContain(">Sender server, 192.0.2.1<");
  });

  it("refuses what its servers cannot carry, and a stack that is not there", () => {
    expect(() => drawnStack("overload", folder)).toThrow(/mainDriver.*needs a VF at the sender/);
    expect(() => drawnStack("absent", folder)).toThrow(/there is no file/);
  });

  it("writes an SVG, a PNG or a PDF by the end of the file's name, and refuses any other", async () => {
    const svg = drawnStack("plain", folder);
    await writePicture(svg, join(folder, "a.svg"));
    expect(readFileSync(join(folder, "a.svg"), "utf8")).toBe(svg);
    await writePicture(svg, join(folder, "a.png"));
    expect(readFileSync(join(folder, "a.png")).subarray(1, 4).toString()).toBe("PNG");
    await writePicture(svg, join(folder, "a.pdf"));
    const pdf = readFileSync(join(folder, "a.pdf"));
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    await writePicture(svg, join(folder, "b.pdf"));
    expect(readFileSync(join(folder, "b.pdf")).equals(pdf), "the same picture is the same file").toBe(true);
    await expect(writePicture(svg, join(folder, "a.gif"))).rejects.toThrow(/a\.gif: no such kind.*\.svg, \.png, \.pdf/);
  });
});
