import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Project } from "./project.ts";

let project: Project;

beforeAll(async () => {
  project = await Project.make();
});
afterAll(() => project.remove());

const yaml = (options: string) =>
  `name: engine-test\nruntime: {name: nodejs, options: {typescript: false${options}}}\nmain: infra/index.ts\n`;

describe("language host", () => {
  it("gives the program its configuration, secrets as secrets", async () => {
    project.write(
      "infra/index.ts",
      `import * as pulumi from "@pulumi/pulumi";
const config: pulumi.Config = new pulumi.Config();
export const open = config.require("open");
export const hidden = config.requireSecret("hidden");
export const where = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack(), process.cwd()];
`,
    );
    await project.pulumi("config", "set", "open", "seen");
    await project.pulumi("config", "set", "--secret", "hidden", "geheim-3");
    const { code, output } = await project.up();
    expect(code).toBe(0);
    expect(output).toContain('open  : "seen"');
    expect(output).toContain("hidden: [secret]");
    expect(output).toContain(join(project.folder, "infra"));
    expect(await project.state()).not.toContain("geheim-3");
  });

  it("says a program's error once, with its place", async () => {
    project.write("infra/index.ts", 'const message: string = "out of order";\nthrow new Error(message);\n');
    const { code, output } = await project.pulumi("preview");
    expect(code).not.toBe(0);
    expect(output).toContain("Error: out of order");
    expect(output).toContain("infra/index.ts:2");
    expect(output).not.toContain("non-zero exit code");
  });

  it("reports a program that ends in another way", async () => {
    project.write("infra/index.ts", "process.exit(9);\n");
    expect((await project.pulumi("preview")).output).toContain("Program exited with non-zero exit code: 9");
    project.write("infra/index.ts", 'process.kill(process.pid, "SIGKILL");\n');
    expect((await project.pulumi("preview")).output).toContain("Program was ended by SIGKILL");
  });

  it("passes nodeargs on, and refuses options of the wrong type", async () => {
    project.write("infra/index.ts", "export const flags = process.execArgv.join(' ');\n");
    project.write("Pulumi.yaml", yaml(", nodeargs: \"--stack-trace-limit=7 --conditions='a b'\""));
    expect((await project.pulumi("preview")).output).toContain("--stack-trace-limit=7 --conditions=a b");
    project.write("Pulumi.yaml", yaml(", nodeargs: 7"));
    expect((await project.pulumi("preview")).output).toContain("runtime.options.nodeargs must be a text, not 7");
    project.write("Pulumi.yaml", yaml(""));
  });

  it("answers `pulumi about`, and draws no warning", async () => {
    project.write("infra/index.ts", "export {};\n");
    const about = await project.pulumi("about");
    expect(about.output).toContain(`version='${process.version}'`);
    expect((await project.up()).output).not.toContain("warning");
  });

  it("serves the Automation API", async () => {
    const script = `import { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
const stack = await LocalWorkspace.createOrSelectStack({ stackName: "inline", projectName: "inline", program: async () => ({ answer: 42 }) });
console.log((await stack.up()).outputs.answer.value);
await stack.destroy();`;
    project.write("automation.ts", script);
    const options = { cwd: project.folder, env: { ...process.env, ...project.env } };
    const { stdout } = await promisify(execFile)(process.execPath, ["automation.ts"], options);
    expect(stdout.trim()).toBe("42");
  });
});
