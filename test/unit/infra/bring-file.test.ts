import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type BroughtFile, bringFile } from "../../../infra/host/put-image.ts";
import { sha256 } from "../../../lib/canonical.ts";

let folder: string;
let file: BroughtFile;
let sent: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-bring-"));
  const at = (name: string) => join(folder, name);
  file = { from: at("here"), to: at("kernel"), prepared: at("prepared"), sha: sha256("a kernel") };
  writeFileSync(file.from, "a kernel");
  sent = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A server that is a shell on this machine. */
const server: Parameters<typeof bringFile>[0] = {
  async exec(script) {
    const { exitCode, stdout, stderr } = await execa("sh", ["-c", script], { reject: false, encoding: "buffer" });
    return { code: exitCode ?? null, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr).toString() } as never;
  },
  async run(script, options) {
    sent += 1;
    const { stdout } = await execa("sh", ["-c", script], { input: options?.stdin as Buffer });
    return stdout as never;
  },
};

it("a file is sent to a server that has none, and not again", async () => {
  expect(await bringFile(server, file)).toBe("sent");
  expect(readFileSync(file.to, "utf8")).toBe("a kernel");
  expect(await bringFile(server, file)).toBe("had");
  expect(sent).toBe(1);
});

it("a file that the server was prepared with is taken from there", async () => {
  writeFileSync(file.prepared, "a kernel");
  expect(await bringFile(server, file)).toBe("prepared");
  expect(readFileSync(file.to, "utf8")).toBe("a kernel");
  expect([sent, readdirSync(folder).sort()]).toEqual([0, ["here", "kernel", "prepared"]]);
});

it("a prepared file that is another one is not taken, and a spoilt one in its place is sent anew", async () => {
  writeFileSync(file.prepared, "another kernel");
  writeFileSync(file.to, "spoilt");
  expect(await bringFile(server, file)).toBe("sent");
  expect(readFileSync(file.to, "utf8")).toBe("a kernel");
  expect(readFileSync(file.prepared, "utf8")).toBe("another kernel");
});

it("what is sent and does not arrive whole gets no name", async () => {
  writeFileSync(file.from, "half a ker");
  await expect(bringFile(server, file)).rejects.toThrow("FAILED");
  expect(readdirSync(folder)).toEqual(["here"]);
});
