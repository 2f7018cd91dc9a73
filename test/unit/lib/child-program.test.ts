import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { childProgram } from "../../../lib/child-program.ts";

const folder = mkdtempSync(join(tmpdir(), "lab-child-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "program.ts");
const library = join(import.meta.dirname, "../../../lib/child-program.ts");
writeFileSync(
  file,
  `import { z } from ${JSON.stringify(import.meta.resolve("zod"))};
import { childProgram } from ${JSON.stringify(library)};
const program = childProgram("LAB_TRY", z.object({ times: z.int() }), z.object({ text: z.string() }));
await program.main(async ({ times }) => {
  if (times > 5) throw new Error("too often");
  return { text: "a".repeat(times) };
});
`,
);
const program = childProgram("LAB_TRY", z.object({ times: z.int() }), z.object({ text: z.string() }));
const run = (env: Record<string, string>) => execa("node", [file], { env, reject: false });

describe("a program of ours", () => {
  it("does what it is told and answers", async () => {
    const { stdout, exitCode } = await run(program.environment({ times: 3 }));
    expect(exitCode).toBe(0);
    expect(program.answer(stdout)).toEqual({ text: "aaa" });
  });

  it.each([
    [program.environment({ times: 6 }), /^too often$/],
    [{ LAB_TRY: "{}" }, /^LAB_TRY is not understood: times: /],
    [{ LAB_TRY: "nothing" }, /^LAB_TRY is not understood: .*JSON/],
    [{}, /^LAB_TRY is not understood/],
  ])("says why it cannot: %j", async (env, why) => {
    const { stderr, stdout, exitCode } = await run(env as Record<string, string>);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
    expect(stderr).toMatch(why);
  });

  it.each(["", "Welcome", "{}", '{"text":1}'])("that answered %j has not answered", (stdout) => {
    expect(() => program.answer(stdout)).toThrow(/the answer of the program with LAB_TRY is not understood/);
  });
});
