import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "ssh2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectSsh, type SshConnection } from "../../../lib/ssh/connect.ts";
import { converseOver } from "../../../lib/ssh/conversation.ts";
import { execOver } from "../../../lib/ssh/exec.ts";
import { type Sshd, startSshd } from "../../support/sshd.ts";

let server: Sshd;
const users = { bash: { shell: "/bin/bash" }, fish: { shell: "/usr/bin/fish" }, csh: { shell: "/bin/tcsh" } };
beforeAll(async () => {
  server = await startSshd({ users: { ...users, slow: { shell: "/bin/bash", home: { ".bashrc": "sleep 25\n" } } } });
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

/** Processes with these words on their command line. */
const running = (words: string) =>
  readdirSync("/proc").filter((name) => {
    try {
      return (
        /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, "latin1").replaceAll("\0", " ").includes(words)
      );
    } catch {
      return false; // it has ended
    }
  });

async function eventually(what: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 20_000; !what(); await sleep(20))
    if (Date.now() > deadline) throw new Error("did not happen");
}

describe("a script that takes too long", { timeout: 60_000 }, () => {
  test.each(Object.keys(users))("is ended on the server too, with all that it started, under %s", async (user) => {
    const seconds = `8${process.pid}`;
    const script = `sleep ${seconds}1 &\nsetsid sleep ${seconds}2 &\n(trap '' TERM; exec sleep ${seconds}3) &\nsh -c 'sleep ${seconds}4; true'`;
    const given = as(user, (ssh) => ssh.exec(script, { timeoutMs: 2500, name: "the long one" }));
    await expect(given).rejects.toThrow(
      /^sender .*: gave up after 2.5 s: the long one; its processes on the server were ended$/,
    );
    expect(running(`sleep ${seconds}`)).toEqual([]);
  });

  test("that a start-up file does not let begin is given up, and it is said that nothing can be ended", async () => {
    const given = as("slow", (ssh) => ssh.exec("true", { timeoutMs: 1500 }));
    await expect(given).rejects.toThrow(/gave up after 1.5 s: true; whether its processes .* is not known/);
  });

  test("does not keep what is side by side with it on the connection", async () => {
    await as("bash", async (ssh) => {
      const long = ssh.exec("sleep 1000", { timeoutMs: 1000 });
      expect(await ssh.run("echo ready")).toBe("ready\n");
      await expect(long).rejects.toThrow("gave up");
      expect(await ssh.run("echo still")).toBe("still\n");
    });
  });
});

describe("what a script may print", { timeout: 60_000 }, () => {
  test("has a limit that the message names, and the script is ended there", async () => {
    const words = `line-${process.pid}`;
    const flood = (where: string) =>
      `while :; do echo ${words}-0123456789012345678901234567890123456789 ${where}; done`;
    for (const [where, stream] of [
      ["", "stdout"],
      [">&2", "stderr"],
    ] as const)
      await expect(as("bash", (ssh) => ssh.exec(flood(where), { maxBytes: 100_000 }))).rejects.toThrow(
        `printed more than 100000 bytes on ${stream}, which is the limit`,
      );
    expect(running(words)).toEqual([]);
  });

  test("comes whole below it", async () => {
    const { stdout } = await as("bash", (ssh) => ssh.exec("head -c 1000000 /dev/zero", { maxBytes: 1_100_000 }));
    expect(stdout.equals(Buffer.alloc(1_000_000))).toBe(true);
  });
});

describe("a script's end", { timeout: 60_000 }, () => {
  test("is not waited for longer because a child holds its output open", async () => {
    const began = Date.now();
    const { stdout } = await as("bash", (ssh) => ssh.exec("sleep 30 & echo done"));
    expect(stdout.toString()).toBe("done\n");
    expect(Date.now() - began).toBeLessThan(20_000);
  });

  test("in a conversation is made when it does not come", async () => {
    await as("bash", async (ssh) => {
      const words = `9${process.pid}`;
      const talk = await ssh.converse(`trap '' HUP; echo ready; sleep ${words}`);
      await talk.hear(10_000);
      await expect(talk.end(500)).rejects.toThrow(
        /did not end within 0.5 s of being told to; its processes .* were ended/,
      );
      expect(running(`sleep ${words}`)).toEqual([]);
    });
  });

  test("in a conversation comes when our side is gone", async () => {
    const mark = join(server.folder, "ended");
    const ssh = await connectSsh("sender", server.target("bash"));
    const talk = await ssh.converse(`trap 'echo > ${mark}' EXIT; echo ready; while read -r line; do :; done`);
    await talk.hear(10_000);
    ssh.close();
    await eventually(() => existsSync(mark));
  });
});

describe("a connection that is lost in the middle", { timeout: 60_000 }, () => {
  /** A client like ours with less patience. */
  async function impatient(sshd: Sshd): Promise<Client> {
    const client = new Client();
    client.on("error", () => {});
    const { port, privateKeyFile } = sshd;
    const privateKey = readFileSync(privateKeyFile);
    await new Promise<void>((resolve) => {
      client.once("ready", resolve);
      client.connect({
        host: "127.0.0.1",
        port,
        username: "lab",
        privateKey,
        keepaliveInterval: 300,
        keepaliveCountMax: 2,
      });
    });
    return client;
  }

  test.each(["SIGSTOP", "SIGKILL"] as const)("is an error within the limits of keepalive, after %s", async (signal) => {
    const own = await startSshd();
    try {
      const client = await impatient(own);
      const running = execOver(client, "sender", "echo; sleep 1000", {});
      const talk = await converseOver(client, "sender", "echo ready; cat");
      expect(await talk.hear(20_000)).toBe("ready");
      const heard = talk.hear(50_000);
      own.signal(signal);
      const began = Date.now();
      const lost = /connection was lost|Not connected|No response/;
      await Promise.all([expect(running).rejects.toThrow(lost), expect(heard).rejects.toThrow(lost)]);
      expect(Date.now() - began).toBeLessThan(20_000);
      await talk.end(1000).catch(() => {});
      await expect(execOver(client, "sender", "true", {})).rejects.toThrow(/sender: Not connected/);
      await expect(converseOver(client, "sender", "cat")).rejects.toThrow(/sender: Not connected/);
    } finally {
      await own.stop();
    }
  });
});
