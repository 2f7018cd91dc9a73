import { describe, expect, it } from "vitest";
import { isInForeground } from "../../../cli/interrupt.ts";
import { terminalProgress } from "../../../cli/progress.ts";
import { isOnPath } from "../../../cli/setup/path.ts";
import { pulumiVariables } from "../../../cli/setup/pulumi.ts";

describe("pulumiVariables", () => {
  const engine = { PATH: "/engine/bin:/node/bin:/engine/bin:/usr/bin", PULUMI_HOME: "/engine/home" };

  it("keeps state in the checkout and needs no passphrase by default", () => {
    const variables = pulumiVariables(engine, {});
    expect(variables.PATH).toBe("/engine/bin:/node/bin:/usr/bin");
    expect(variables.PULUMI_HOME).toBe("/engine/home");
    expect(variables.PULUMI_BACKEND_URL).toMatch(/^file:\/\/\/.*\/\.lab\/state$/);
    expect(variables.PULUMI_CONFIG_PASSPHRASE).toBe("");
  });

  it("leaves the user's backend and passphrase", () => {
    const user = { PULUMI_BACKEND_URL: "s3://mine", PULUMI_CONFIG_PASSPHRASE: "secret" };
    expect(pulumiVariables(engine, user)).toMatchObject(user);
    expect(pulumiVariables(engine, { PULUMI_CONFIG_PASSPHRASE_FILE: "/p" })).not.toHaveProperty(
      "PULUMI_CONFIG_PASSPHRASE",
    );
  });
});

describe("isInForeground", () => {
  const stat = (pgrp: number, tpgid: number) => `7 (a (b) c) R 1 ${pgrp} 3 34816 ${tpgid} 4194304 0`;

  it("compares our process group with the terminal's, whatever the program is called", () => {
    expect(isInForeground(stat(7, 7))).toBe(true);
    expect(isInForeground(stat(7, 9))).toBe(false);
    expect(isInForeground(stat(7, -1))).toBe(false);
  });
});

describe("isOnPath", () => {
  it("finds what a shell would find", () => {
    expect(isOnPath("sh")).toBe(true);
    expect(isOnPath("no-such-command")).toBe(false);
    expect(isOnPath("sh", "/no/such/folder")).toBe(false);
  });
});

describe("terminalProgress", () => {
  const terminal = (columns: number) => {
    const written: string[] = [];
    return { written, columns, write: (text: string) => written.push(text) > 0 };
  };

  it("shows what is under way on one line and what has ended above it", async () => {
    const stream = terminal(80);
    const { step } = terminalProgress(stream);
    await Promise.all([step("one", async () => 1), step("two", async () => 2)]);
    expect(stream.written.join("")).toMatch(/one … 0 s · two … 0 s/);
    expect(stream.written.join("")).toMatch(/one: done in \d\.\d s\n/);
  });

  it("never writes a line that would wrap", async () => {
    const stream = terminal(20);
    await terminalProgress(stream).step("a label that is much longer than the terminal", async () => {});
    expect(stream.written[0]?.length).toBeLessThanOrEqual(20 + "\r\u001b[2K".length);
  });

  it("says that a step has failed, and lets the error through", async () => {
    const stream = terminal(80);
    const failing = terminalProgress(stream).step("one", () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect(stream.written.join("")).toMatch(/one: failed after/);
  });
});
