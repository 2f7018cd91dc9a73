import { describe, expect, it } from "vitest";
import { type Logging, Output } from "../../../tools/engine/command-provider/output.ts";

function collect(logging?: Logging) {
  const lines: string[] = [];
  return { lines, output: new Output((line) => lines.push(line), logging) };
}

describe("Output", () => {
  it("keeps the streams apart and together, and drops one end of line", () => {
    const { output } = collect();
    output.add("stdout", Buffer.from("a\n"));
    output.add("stderr", Buffer.from("b\n\n"));
    output.add("stdout", Buffer.from("c\n"));
    expect(output.text("stdout")).toBe("a\nc");
    expect(output.text("stderr")).toBe("b\n");
    expect(output.combined()).toBe("a\nb\n\nc");
  });

  it("logs whole lines as they come, and the rest at the end", () => {
    const { lines, output } = collect();
    output.add("stdout", Buffer.from("one\ntw"));
    expect(lines).toEqual(["one"]);
    output.add("stdout", Buffer.from("o\nthree"));
    output.end();
    output.end();
    expect(lines).toEqual(["one", "two", "three"]);
  });

  it("does not tear a character that comes in two pieces", () => {
    const { lines, output } = collect();
    const bytes = Buffer.from("ä\n");
    output.add("stderr", bytes.subarray(0, 1));
    output.add("stderr", bytes.subarray(1));
    expect(lines).toEqual(["ä"]);
    expect(output.text("stderr")).toBe("ä");
  });

  it.each([
    ["stdout", ["out"]],
    ["stderr", ["err"]],
    ["none", []],
    ["stdoutAndStderr", ["out", "err"]],
  ] as const)("logs %s as it is told", (logging, expected) => {
    const { lines, output } = collect(logging);
    output.add("stdout", Buffer.from("out\n"));
    output.add("stderr", Buffer.from("err\n"));
    expect(lines).toEqual(expected);
    expect(output.text("stdout")).toBe("out");
  });
});
