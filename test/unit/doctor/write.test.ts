import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeCapacity } from "../../../infra/doctor/write.ts";
import { healthy } from "./subject.ts";

const described = (extra: object = {}) => ({
  fidelity: "hardware",
  hosts: {
    responder: {
      address: "b",
      privateKeyFile: "/k",
      hostKey: "ssh-rsa AAAA",
      pfs: [{ name: "ens1f0", vfs: 2 }],
      cpus: 99,
    },
    sender: {
      generation: "g7",
      address: "a",
      privateKeyFile: "/k",
      hostKey: "ssh-rsa AAAA",
      pfs: [
        { name: "ens1f0", vfs: 2 },
        { name: "ens9", vfs: 1, totalVfs: 5 },
      ],
      ...extra,
    },
  },
});

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-doctor-"));
  file = join(folder, "servers.json");
  writeFileSync(file, JSON.stringify(described()));
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = () => JSON.parse(readFileSync(file, "utf8"));
const capacity = { cpus: 12, memoryMiB: 64_137 };

it("writes what the servers have and keeps every other key, in its place", async () => {
  const { inventory, changed } = await writeCapacity(file, { sender: healthy, responder: healthy });
  expect(changed).toEqual(["sender", "responder"]);
  const pfs = [
    { name: "ens1f0", vfs: 2, totalVfs: 63, addressFilters: 128 },
    { name: "ens9", vfs: 1, totalVfs: 5 },
  ];
  const expected = described({ pfs, ...capacity });
  Object.assign(expected.hosts.responder, {
    ...capacity,
    pfs: [{ name: "ens1f0", vfs: 2, totalVfs: 63, addressFilters: 128 }],
  });
  expect(read()).toEqual(expected);
  expect(Object.keys(read().hosts)).toEqual(["responder", "sender"]);
  expect(Object.keys(read().hosts.sender)[0]).toBe("generation");
  expect(inventory.hosts.sender).toMatchObject({ port: 22, ...capacity, pfs });
  expect(readdirSync(folder)).toEqual(["servers.json"]);
});

it("leaves a server alone that was not reached", async () => {
  const { changed } = await writeCapacity(file, { sender: healthy });
  expect(changed).toEqual(["sender"]);
  expect(read().hosts.responder).toEqual(described().hosts.responder);
});

it("writes 0 for a port without SR-IOV, and no more than a description can say", async () => {
  const port = healthy.pfs.get("ens1f0");
  if (!port) throw new Error("no port");
  const facts = {
    ...healthy,
    pfs: new Map([
      ["ens1f0", { ...port, totalVfs: 1000 }],
      ["ens9", { ...port, totalVfs: undefined }],
    ]),
  };
  const { inventory } = await writeCapacity(file, { sender: facts });
  expect(inventory.hosts.sender.pfs.map(({ totalVfs }) => totalVfs)).toEqual([256, 0]);
});

it("touches nothing when the file says all of it", async () => {
  await writeCapacity(file, { sender: healthy, responder: healthy });
  const before = statSync(file);
  const { changed } = await writeCapacity(file, { sender: healthy, responder: healthy });
  expect(changed).toEqual([]);
  expect(statSync(file).ino).toBe(before.ino);
});

it("keeps the file's mode, and a link a link", async () => {
  chmodSync(file, 0o600);
  const link = join(folder, "link.json");
  symlinkSync("servers.json", link);
  await writeCapacity(link, { sender: healthy });
  expect(readFileSync(link, "utf8")).toBe(readFileSync(file, "utf8"));
  expect(
    readdirSync(folder, { withFileTypes: true })
      .find(({ name }) => name === "link.json")
      ?.isSymbolicLink(),
  ).toBe(true);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it("says which file it could not write", async () => {
  await expect(writeCapacity(join(folder, "none.json"), {})).rejects.toThrow(/none\.json could not be written: ENOENT/);
});
