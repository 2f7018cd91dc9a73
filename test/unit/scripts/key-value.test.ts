import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { serverScript } from "../../../infra/server-script.ts";
import { formatFields, parseFields } from "../../../lib/key-value.ts";

const common = serverScript("common.sh");
const inShell = (script: string, ...args: string[]) =>
  execFileSync("/bin/sh", ["-c", `${common}\n${script}`, "sh", ...args], { encoding: "utf8", stdio: "pipe" });

const values = ["", "rtt-bg-1", "stack sender (host:/x y)", "a%b=c;$(id)`'\"\\", "é ü\tx\n y", "%41", "100%"];

describe("the scripts' side of key=value lines", () => {
  test.each(values)("writes %j so that the program reads it back", (value) => {
    const line = inShell('printf "name=%s\\n" "$(escaped "$1")"', value);
    expect(line.trimEnd().split(/\s/)).toHaveLength(1);
    expect(parseFields(line.trimEnd(), "test")).toEqual({ name: value });
  });

  test.each(values)("reads %j as the program wrote it", (value) => {
    const line = formatFields({ name: value, vf_mac: "02:00:00:00:00:01" });
    expect(inShell('read_fields "$1"; printf "%s|%s" "$name" "$vf_mac"', line)).toBe(`${value}|02:00:00:00:00:01`);
  });

  test.each(["b", "=b", "PATH=/tmp", "a;id=b", "a-b=c"])("refuses the word %j, which is no field of ours", (word) => {
    expect(() => inShell('read_fields "$1"', `name=a ${word}`)).toThrow(`${word} is not key=value`);
  });
});
