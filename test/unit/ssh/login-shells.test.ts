import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectSsh, type SshConnection } from "../../../lib/ssh/connect.ts";
import { type Sshd, startSshd } from "../../support/sshd.ts";

/** Start-up files that print, change directory, set what scripts would mind, and a locale. */
const noisy = {
  sh: "echo 'Welcome to this server'\necho warning >&2\nexport LC_ALL=en_US.UTF-8 LIBVIRT_DEFAULT_URI=test:///default IFS=x\ncd /\nset -o noclobber\n",
  csh: "echo 'Welcome to this server'\nsetenv LIBVIRT_DEFAULT_URI test:///default\ncd /\n",
  fish: "echo 'Welcome to this server'\nset -x LIBVIRT_DEFAULT_URI test:///default\ncd /\n",
};
const users = {
  bash: { shell: "/bin/bash" },
  "bash-noisy": { shell: "/bin/bash", home: { ".bashrc": noisy.sh } },
  dash: { shell: "/bin/dash" },
  fish: { shell: "/usr/bin/fish" },
  "fish-noisy": { shell: "/usr/bin/fish", home: { ".config/fish/config.fish": noisy.fish } },
  zsh: { shell: "/bin/zsh" },
  "zsh-noisy": { shell: "/bin/zsh", home: { ".zshenv": noisy.sh } },
  csh: { shell: "/bin/tcsh" },
  "csh-noisy": { shell: "/bin/tcsh", home: { ".cshrc": noisy.csh } },
  forced: { shell: "/bin/bash" },
};

let server: Sshd;
beforeAll(async () => {
  server = await startSshd({
    users: {
      ...users,
      ending: { shell: "/bin/bash", home: { ".bashrc": "exit 0\n" } },
      greedy: { shell: "/bin/bash", home: { ".bashrc": "head -c 20 > /dev/null\n" } },
      menu: { shell: "/bin/bash" },
      nologin: { shell: "/usr/sbin/nologin" },
      none: { shell: "/bin/true" },
    },
    config: [
      ...[
        "Match User forced",
        '  ForceCommand echo "recorded: $USER"; sh -c "$SSH_ORIGINAL_COMMAND"; echo "goodbye"; true',
      ],
      ...["Match User menu", "  ForceCommand echo 'Choose: 1) status 2) reboot'"],
    ],
  });
});
afterAll(() => server.stop());

async function as<T>(user: string, body: (ssh: SshConnection) => Promise<T>): Promise<T> {
  const ssh = await connectSsh("sender", server.target(user));
  try {
    return await body(ssh);
  } finally {
    ssh.close();
  }
}

/** A script that only /bin/sh takes: fish has no $( ) in quotes, csh no assignments and redirections like these. */
const script = `set -eu
text='it''s "quoted" !history \\\\ * ~'
count=$((1 + 2)); for i in a b; do count=$((count + 1)); done 2>&1
cat <<EOF
$text $count \${LC_ALL-none} \${LIBVIRT_DEFAULT_URI-none} $(printf '%s' "$(pwd)" | wc -c | tr -d ' ')
EOF
echo "to stderr" >&2
cat
exit 7`;

describe.each(Object.keys(users))("the login shell of %s", (user) => {
  test("is given a script that runs under /bin/sh, and only its answer and exit status come back", async () => {
    const { stdout, stderr, code } = await as(user, (ssh) => ssh.exec(script, { stdin: "and its\nstdin" }));
    const folder = user.endsWith("-noisy") ? "/" : server.home(user);
    expect(stdout.toString()).toBe(`its "quoted" !history \\\\ * ~ 5 C none ${folder.length}\nand its\nstdin`);
    expect(stderr).toBe("to stderr\n");
    expect(code).toBe(7);
  });

  test("keeps every byte, and nothing when nothing is printed", async () => {
    await as(user, async (ssh) => {
      const bytes = Buffer.from([...Array(256).keys(), 10, 10, 13]);
      expect((await ssh.exec("cat", { stdin: bytes })).stdout).toEqual(bytes);
      expect(await ssh.exec("true")).toEqual({ stdout: Buffer.alloc(0), stderr: "", code: 0 });
    });
  });

  test("that is killed is no answer", async () => {
    await as(user, (ssh) => expect(ssh.exec("echo half; kill -KILL $$")).rejects.toThrow(/did not come to its end/));
  });

  test("lets a script be spoken with", async () => {
    await as(user, async (ssh) => {
      const talk = await ssh.converse('echo "event=ready"; while read -r word; do echo "word=$word"; done; echo late');
      expect(await talk.hear(10_000)).toBe("event=ready");
      talk.say("one two");
      expect(await talk.hear(10_000)).toBe("word=one two");
      await talk.end();
      expect(await talk.hear(10_000)).toBe("late");
      await expect(talk.hear(10_000)).rejects.toThrow(/ended/);
    });
  });
});

describe("an account that does not run what it is given", () => {
  test.each([
    ["ending", /exit status 0 and printed nothing/],
    ["menu", /exit status 0 and printed "Choose: 1\) status 2\) reboot"/],
    ["nologin", /exit status 1 and printed "This account is currently not available."/],
    ["none", /exit status 0 and printed nothing/],
    ["greedy", /printed "/],
  ])("of %s is a failure that says what its login shell did", async (user, words) => {
    const mark = join(server.folder, `mark-${user}`);
    const failure = await as(user, (ssh) => ssh.exec(`echo done > ${mark}`)).catch((error: Error) => error.message);
    expect(failure).toMatch(/sender .*the script was not run: the login shell ended with/);
    expect(failure).toMatch(words);
    expect(existsSync(mark)).toBe(false);
    await as(user, async (ssh) => {
      const talk = await ssh.converse("echo ready");
      await expect(talk.hear(1000)).rejects.toThrow(/the script was not run|the login shell has not begun the script/i);
    });
  });
});

test("a script with a syntax error is a failure, and none of it runs", async () => {
  const mark = join(server.folder, "mark-syntax");
  await as("bash", async (ssh) => {
    await expect(ssh.exec(`echo x > ${mark}\nif then`)).rejects.toThrow(/did not come to its end.*[\s\S]*[Ss]yntax/);
  });
  expect(existsSync(mark)).toBe(false);
  expect(readFileSync(join(server.folder, "log"), "utf8")).not.toBe("");
});
