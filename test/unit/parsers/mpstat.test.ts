import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseJsonLines } from "../../../measure/parsers/json-lines.ts";
import { averageLoad, parseMpstat } from "../../../measure/parsers/mpstat.ts";

const files = globSync(join(import.meta.dirname, "../../data/runs/*/mpstat-*.json"));
const text = readFileSync(files[0] ?? "", "utf8");

describe("real files", () => {
  it.each(files)("%s", (file) => {
    const raw = readFileSync(file, "utf8");
    const { samples, cpuCount, ...about } = parseMpstat(raw, file);
    expect(samples).toHaveLength(12);
    expect(cpuCount).toBe(2);
    expect(about).toMatchObject({ release: "6.12.117+deb13-amd64", machine: "x86_64", date: "11/23/26" });
    const whole = JSON.parse(raw) as {
      sysstat: { hosts: { statistics: { "cpu-load": { cpu: string; idle: number }[] }[] }[] };
    };
    const idle =
      whole.sysstat.hosts[0]?.statistics.map((each) => each["cpu-load"].find(({ cpu }) => cpu === "all")?.idle ?? 0) ??
      [];
    expect(samples.map(({ all }) => all.idle)).toEqual(idle);
    expect(samples.map(({ cpuUsage }) => cpuUsage)).toEqual(idle.map((each) => Number((100 - each).toFixed(2))));
    expect(samples.every(({ cpus }) => cpus.size === 2)).toBe(true);
    expect(averageLoad(samples).cpuUsage).toBeCloseTo(100 - idle.reduce((sum, each) => sum + each, 0) / 12, 10);
  });
});

describe("a window", () => {
  const { samples } = parseMpstat(text);
  it("averages the samples from its start up to its end", () => {
    const [a, b] = [samples[3], samples[4]];
    expect(averageLoad(samples, 3, 5).usr).toBeCloseTo(((a?.all.usr ?? 0) + (b?.all.usr ?? 0)) / 2, 10);
    expect(averageLoad(samples, 3, 4)).toMatchObject(a?.all ?? {});
  });
  it.each([
    [0, 0],
    [5, 3],
    [-1, 2],
    [0, 13],
    [Number.NaN, 2],
  ])("refuses [%d, %d)", (start, end) => {
    expect(() => averageLoad(samples, start, end)).toThrowError(RangeError);
  });
});

describe("anything unexpected is an error with its line", () => {
  const replaced = (what: string | RegExp, by: string) => text.replace(what, by);
  it.each<[string, string, number, string]>([
    ["nothing", "", 1, "the end of the text"],
    ["a file that SIGTERM cut", text.slice(0, 900), 22, "expected"],
    ["decimal commas of a locale", replaced(/"usr": (\d+)\.(\d+)/, '"usr": $1,$2'), 14, "expected a key"],
    ["no sysstat", "{}", 1, 'no "sysstat" here'],
    ["two hosts", replaced(/"hosts": \[/, '"hosts": [ {},'), 1, "expected one host, found 2"],
    ["a field that is gone", replaced(/"idle": [\d.]+/, '"idel": 1'), 14, 'unknown field "idel"'],
    ["a field twice", replaced(/"nice":/, '"usr":'), 14, '"usr" comes twice'],
    ["a missing field", replaced(/, "gnice": 0.00/, ""), 14, 'no "gnice" here'],
    ["a text for a number", replaced(/"sys": [\d.]+/, '"sys": "much"'), 14, '"sys" is no percentage: "much"'],
    ["more than all", replaced(/"sys": [\d.]+/, '"sys": 101.5'), 14, '"sys" is no percentage: "101.5"'],
    ["a negative percentage", replaced(/"sys": [\d.]+/, '"sys": -0.5'), 14, "is no percentage"],
    ["no sum over the CPUs", replaced(/"cpu": "all"/, '"cpu": "7"'), 11, 'no cpu "all"'],
    ["a CPU twice", replaced(/"cpu": "1"/, '"cpu": "0"'), 16, 'repeated cpu "0"'],
    ["no time of day", replaced(/\d\d:\d\d:\d\d/, "noon"), 12, "no time of day"],
    ["something behind", `${text}{}`, text.split("\n").length, "unexpected after the value"],
  ])("%s", (_name, spoiled, line, message) => {
    expect(spoiled).not.toBe(text);
    expect(() => parseMpstat(spoiled, "mpstat.json")).toThrowError(
      expect.objectContaining({ name: "FormatError", line, message: expect.stringContaining(message) }),
    );
  });
});

describe("JSON with lines", () => {
  const plain = (node: ReturnType<typeof parseJsonLines>): unknown =>
    node.value instanceof Map
      ? Object.fromEntries([...node.value].map(([key, member]) => [key, plain(member)]))
      : Array.isArray(node.value)
        ? node.value.map(plain)
        : node.value;

  it("reads what JSON.parse reads", () => {
    for (const json of ['{"a":[1,-2.5e3,true,false,null,"x\\u00e9\\n\\"y"],"":{}}', " [ ] ", "0", '"\\\\"', text])
      expect(plain(parseJsonLines(json, "json"))).toEqual(JSON.parse(json));
  });

  it.each([
    "{",
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    "[1 2]",
    "[,]",
    "01",
    "1.",
    "+1",
    "tru",
    "'a'",
    '"a',
    '"\\x"',
    '"\n"',
    "[1]]",
    "{1:2}",
    "\u00a01",
  ])("refuses %j as JSON.parse does", (json) => {
    expect(() => JSON.parse(json)).toThrow();
    expect(() => parseJsonLines(json, "json")).toThrowError(expect.objectContaining({ name: "FormatError" }));
  });

  it("refuses nesting that would exhaust the stack", () => {
    expect(() => parseJsonLines("[".repeat(100_000), "json")).toThrowError(/more than 64 levels/);
  });
});
