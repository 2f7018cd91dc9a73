import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { factsScript } from "../../../infra/doctor/examine.ts";
import { preflightScript } from "../../../infra/preflight.ts";
import { shellScript } from "../../../infra/server-script.ts";
import { serverTools } from "../../../infra/server-tools.ts";
import { bridgedFramesFunctions } from "../../../lib/bridged-frames.ts";
import { endpointIds, endpointOn } from "../../../lib/endpoints/kinds.ts";
import { checkout } from "../../../lib/paths.ts";
import type { SshConnection } from "../../../lib/ssh/connect.ts";
import { textOf } from "../../support/documents.ts";
import { callsFromOutside } from "../../support/shell-calls.ts";

const builtins =
  "[ : break continue cd command echo eval exec exit export kill printf read return set shift trap true umask wait";
/** What every Debian has, by package. */
const essential = {
  coreutils:
    "basename cat chmod cut date head id ls mkdir mktemp mv nproc od paste readlink rm rmdir sleep sort stat sync tail tee timeout tr uname uniq wc",
  findutils: "find",
  grep: "grep",
  hostname: "hostname",
  kmod: "modprobe",
  mawk: "awk",
  sed: "sed",
  "util-linux": "flock nsenter setpriv setsid unshare",
};
/** What is called only where it is there. */
const optional = "devlink nft";
const programs = new Set(
  [builtins, ...Object.values(essential), optional]
    .flatMap((words) => words.split(" "))
    .concat(...Object.values(serverTools)),
);

/** The scripts of infra/scripts that no other includes: with what they include, they are what a server is given. */
function scriptsOfServers(): string[] {
  const folder = join(checkout, "infra", "scripts");
  const files = readdirSync(folder);
  const included = new Set(
    files.flatMap((file) =>
      [...readFileSync(join(folder, file), "utf8").matchAll(/^\. \.\/(\S+)$/gm)].map(([, name]) => name),
    ),
  );
  return files.filter((file) => file !== "common.sh" && !included.has(file));
}

const pfs = [{ name: "pf0", vfs: 2 }];
const scripts: Record<string, string> = {
  ...Object.fromEntries(scriptsOfServers().map((file) => [file, shellScript(file, {})])),
  "doctor/facts.sh": factsScript({ pfs }),
  preflight: preflightScript({ pfs }),
  ...Object.fromEntries(
    endpointIds.map((kind) => [
      `probe/facts.sh of ${kind}`,
      [
        bridgedFramesFunctions,
        endpointOn({} as SshConnection, kind, "x").facts,
        textOf("measure/probe/scripts/facts.sh"),
      ].join("\n"),
    ]),
  ),
  "probe/session.sh": textOf("measure/probe/scripts/session.sh"),
};

describe.each(Object.entries(scripts))("%s", (_name, script) => {
  it("calls only functions that it defines, and programs that a server has", () => {
    expect(callsFromOutside(script).filter((name) => !programs.has(name))).toEqual([]);
  });
});

it("there are scripts to look at", () => {
  expect(Object.keys(scripts).length).toBeGreaterThan(12);
});

it.each([
  ["a call", "f() { :; }\nf; g"],
  ["in a substitution in quotes", 'echo "a $(g)"'],
  ["in a function, a condition, a loop and a pipe", "f() { if x=$(true); then echo | while g; do :; done; fi; }; f"],
  ["in a trap", "trap 'true; g' EXIT"],
  ["after an assignment", "X=1 g"],
])("finds what is defined nowhere: %s", (_where, script) => {
  expect(callsFromOutside(script).filter((name) => !programs.has(name))).toEqual(["g"]);
});

it("finds a function of ours that is handed to one that runs its arguments", () => {
  const script = 'each() { shift; "$@"; }\nthis_one() { :; }\neach 3 this_one a; each 3 other_one b; echo some_words';
  expect(callsFromOutside(script)).toEqual(["shift", ":", "other_one", "echo"]);
});

it("refuses what is no shell script", () => {
  expect(() => callsFromOutside("if true; then")).toThrow("no shell script");
});
