import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, describe, expect, it } from "vitest";
import { notDone, remoteCommand, remoteInput } from "../../../infra/remote-script.ts";

const folder = mkdtempSync(join(tmpdir(), "lab-remote-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What sshd does with a command: the login shell gets it after -c. */
const login = (shell: string, action: "create" | "update" | "delete", script: string) =>
  execa(shell, ["-c", remoteCommand(action)], {
    ...{ input: remoteInput(script), reject: false, extendEnv: false, stripFinalNewline: false },
    env: {
      HOME: folder,
      PATH: "/usr/bin:/bin",
      LC_ALL: "en_US.UTF-8",
      LIBVIRT_DEFAULT_URI: "test:///default",
      SSH_CONNECTION: "1 2 3 4",
    },
  });

describe.each(["/bin/bash", "/bin/dash", "/usr/bin/fish", "/bin/zsh", "/bin/tcsh"])(
  "the provider's command in %s",
  (shell) => {
    it.each(["create", "update", "delete"] as const)("runs the script with ACTION=%s under /bin/sh", async (action) => {
      const script = `set -eu\nname='it'\\''s !'\ncase $ACTION in ${action}) echo "$name $LC_ALL \${LIBVIRT_DEFAULT_URI-none}" ;; esac\nexit 0`;
      const { stdout, exitCode } = await login(shell, action, script);
      expect(exitCode).toBe(0);
      expect(stdout).toBe("it's ! C none\n\ndone=layer\n");
      expect(notDone(stdout)).toBeUndefined();
    });

    it("fails with the script's exit status, and then says nothing of its end", async () => {
      for (const script of ["set -e\nfalse\necho on", "exit 1", "(exit 1)"]) {
        const { stdout, exitCode } = await login(shell, "create", script);
        expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
      }
      expect((await login(shell, "create", "echo why >&2; exit 9")).exitCode).toBe(9);
    });
  },
);

describe("a script that was not run", () => {
  it("does nothing when it arrives in part", async () => {
    const whole = remoteInput(`echo 1 > ${folder}/first\necho 2 > ${folder}/second`);
    for (let bytes = 0; bytes < whole.indexOf(")\n"); bytes += 3) {
      const { stdout } = await execa("/bin/bash", ["-c", remoteCommand("create")], {
        input: whole.slice(0, bytes),
        reject: false,
      });
      expect(notDone(stdout)).toMatch(/the script was not run.*exit status 0 and printed nothing/);
    }
    expect(readdirSync(folder).filter((name) => name === "first" || name === "second")).toEqual([]);
  });

  it.each([
    ["", "nothing"],
    ["Welcome\nChoose: 1) status", '"Welcome\\nChoose: 1) status"'],
    [undefined, "nothing"],
  ])("is told by what was printed: %j", (stdout, words) => {
    expect(notDone(stdout)).toContain(`exit status 0 and printed ${words}.`);
  });

  it("is not suspected when a start-up file has printed too", () => {
    expect(notDone("Welcome\n3\n\ndone=layer\n")).toBeUndefined();
  });
});
