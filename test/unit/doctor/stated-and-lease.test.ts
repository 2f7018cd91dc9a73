import { describe, expect, it } from "vitest";
import type { Finding, ServerCheck } from "../../../infra/doctor/check.ts";
import { lease } from "../../../infra/doctor/checks/lease.ts";
import { stated } from "../../../infra/doctor/checks/stated.ts";
import { type Changes, findingOf, healthy, host, wants } from "./subject.ts";

/** A check, changes of a healthy server, and what is found then. */
type Case = [ServerCheck, Changes, Partial<Finding>];

describe("what the hosts state", () => {
  it.each<Case>([
    [stated, {}, { status: "ok", found: "cpus 12, memoryMiB 64137, pfs.0.totalVfs 63, pfs.0.addressFilters 128" }],
    [
      stated,
      { host: { cpus: 4 } },
      { status: "ok", found: "cpus 4, memoryMiB 64137, pfs.0.totalVfs 63, pfs.0.addressFilters 128" },
    ],
    [
      stated,
      { host: { cpus: 16, memoryMiB: 131_072 } },
      {
        status: "missing",
        found: "cpus: 16 stated, 12 there; memoryMiB: 131072 stated, 64137 there",
        mend: "./lab doctor --write",
      },
    ],
    [
      stated,
      { host: { pfs: [{ name: "ens1f0", vfs: 8 }] }, source: { file: "rack.json", words: "--hosts rack.json" } },
      {
        status: "warning",
        found: "pfs.0.totalVfs, pfs.0.addressFilters not stated, so preview cannot check against it",
        mend: "./lab doctor --hosts rack.json --write",
      },
    ],
    [
      stated,
      { pf: { totalVfs: 7 }, source: { stack: "rack" } },
      {
        status: "missing",
        found: "pfs.0.totalVfs: 63 stated, 7 there",
        mend: "./lab pulumi config set --path 'hosts.hosts.sender.pfs[0].totalVfs' 7 --stack rack",
      },
    ],
  ])("%o with %j", (check, changes, expected) => {
    expect(findingOf(check, changes)).toMatchObject(expected);
  });

  it("states nothing of a port that is not there", () => {
    expect(findingOf(stated, { facts: { pfs: new Map() } })).toMatchObject({
      status: "ok",
      found: "cpus 12, memoryMiB 64137",
    });
  });
});

describe("lease", () => {
  const since = new Date("2026-01-02T03:04:05Z");
  it.each<Case>([
    [lease, {}, { status: "ok", found: "free" }],
    [
      lease,
      { lease: { owner: "stack rack (here:/checkout)", since }, wanted: wants({ mainDriver: "virtio-bridge" }) },
      { status: "ok", found: "held by this stack: stack rack (here:/checkout) since 2026-01-02T03:04:05.000Z" },
    ],
    [
      lease,
      { lease: { owner: "stack other (there:/checkout)", since }, wanted: wants({ mainDriver: "virtio-bridge" }) },
      {
        status: "warning",
        found: "in use by stack other (there:/checkout) since 2026-01-02T03:04:05.000Z; other stacks are refused",
        mend: "./lab destroy other; when it is dead: ./lab hosts release sender --force",
      },
    ],
    [
      lease,
      { lease: { owner: "somebody", since }, source: { file: "rack.json", words: "rack" } },
      { status: "warning", mend: "when it is dead: ./lab hosts release sender --force --hosts rack.json" },
    ],
    [lease, { lease: { unknown: "no answer" } }, { status: "warning", found: "not known: no answer" }],
  ])("%o with %j", (check, changes, expected) => {
    expect(findingOf(check, changes)).toMatchObject(expected);
  });

  it("of a stack that describes its servers itself can be released with a file that does", () => {
    const changes = { lease: { owner: "somebody", since }, source: { stack: "rack" } };
    expect(findingOf(lease, changes)).toMatchObject({
      mend: "when it is dead: ./lab hosts release sender --force --hosts FILE (FILE: a JSON file with both servers)",
    });
  });
});

it("describes the healthy server as it is", () => {
  expect(host).toMatchObject({ cpus: healthy.cpu.count, memoryMiB: healthy.memory.totalMiB });
});
