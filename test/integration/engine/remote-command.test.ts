import { readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectionTo } from "../../../infra/connection.ts";
import { Gateway } from "../../../infra/gateway/gateway.ts";
import { startSshd } from "../../support/sshd.ts";
import { makeKey } from "../../unit/engine/keys.ts";
import { type Declared, Project, until } from "./project.ts";
import { type SshServer, startSshServer } from "./ssh-server.ts";

let project: Project;
let server: SshServer;

beforeAll(async () => {
  project = await Project.make();
  server = await startSshServer(["COLOUR"]);
});
afterAll(() => {
  project.remove();
  server.close();
});

const connection = (changes: object = {}) => ({
  host: "127.0.0.1",
  port: server.port,
  user: "tester",
  privateKey: server.privateKey,
  hostKey: server.hostKey,
  dialErrorLimit: 0,
  perDialTimeout: 5,
  ...changes,
});
const command = (name: string, args: object): Declared => ({
  kind: "remote",
  name,
  args: { connection: connection(), ...args },
});

describe("remote.Command", () => {
  it("creates, updates and deletes, with stdin, and passes a variable that the server accepts", async () => {
    const args = {
      create: `cat; printf $COLOUR; echo created >> ${project.folder}/log`,
      stdin: "in ",
      environment: { COLOUR: "red" },
    };
    project.declare([command("one", args)]);
    expect(await project.up()).toMatchObject({ code: 0 });
    expect(await project.stdout()).toEqual({ one: "in red" });
    project.declare([
      command("one", {
        ...args,
        update: `echo updated >> ${project.folder}/log`,
        delete: `echo deleted >> ${project.folder}/log`,
      }),
    ]);
    expect((await project.up()).output).toContain("1 updated");
    project.declare([]);
    expect((await project.up()).output).toContain("1 deleted");
    expect(project.read("log")).toBe("created\nupdated\ndeleted\n");
  });

  it("keeps the connection out of the state, and out of the output's secrecy", async () => {
    project.declare([command("open", { create: "echo visible" })]);
    expect(await project.up()).toMatchObject({ code: 0 });
    const state = await project.state();
    expect(state).toContain('"stdout": "visible"');
    expect(state).not.toContain(server.privateKey.split("\n")[2]);
    expect(state).not.toContain("127.0.0.1");
  });

  it("runs many commands over few connections", async () => {
    const before = server.connections();
    project.declare(Array.from({ length: 12 }, (_, index) => command(`n${index}`, { create: `echo ${index}` })));
    expect(await project.up()).toMatchObject({ code: 0 });
    expect(await project.stdout()).toMatchObject({ n0: "0", n11: "11" });
    expect(server.connections() - before).toBeLessThanOrEqual(2);
  });

  it("gets by with a server that allows few sessions", async () => {
    server.allowSessions(1);
    project.declare([0, 1, 2].map((index) => command(`few${index}`, { create: `sleep 1; echo ${index}` })));
    expect(await project.up()).toMatchObject({ code: 0 });
    server.allowSessions(10);
  });

  it("says how a command failed, with all it has printed", async () => {
    project.declare([command("bad", { create: "echo some; echo trouble >&2; exit 7" })]);
    const { code, output } = await project.up();
    expect(code).not.toBe(0);
    expect(output).toContain('Process exited with status 7: running "echo some; echo trouble >&2; exit 7":');
    expect(output).toMatch(/some\s+trouble/);
  });

  it("refuses a server with another host key, at once", async () => {
    const hostKey = makeKey().public;
    project.declare([command("other", { create: "echo no", connection: connection({ hostKey, dialErrorLimit: -1 }) })]);
    const { code, output } = await project.up();
    expect(code).not.toBe(0);
    expect(output).toContain(`the server does not show the host key "${hostKey}": refused`);
  });

  it("refuses to go on when the server does not let it in", async () => {
    project.declare([
      command("stranger", { create: "echo no", connection: connection({ privateKey: makeKey().private }) }),
    ]);
    expect((await project.up()).output).toContain("the server accepts none of the keys or passwords given");
  });

  it("reports a server that cannot be reached after the attempts that it may make", async () => {
    project.declare([command("nobody", { create: "echo no", connection: connection({ port: 1, dialErrorLimit: 2 }) })]);
    expect((await project.up()).output).toContain(
      "ssh tester@127.0.0.1:1: after 3 failed attempts: connect ECONNREFUSED",
    );
  });

  it("reports a variable that the server does not accept", async () => {
    project.declare([command("hidden", { create: "echo no", environment: { HIDDEN: "1" } })]);
    expect((await project.up()).output).toContain("the server does not accept the environment variable HIDDEN");
  });

  it("warns that earlier output is not passed on, unless it need not be", async () => {
    project.declare([command("again", { create: "echo 1" })]);
    await project.up();
    project.declare([command("again", { create: "echo 2" })]);
    expect((await project.up()).output).toContain("warning: Unable to set 'PULUMI_COMMAND_STDOUT'");
    project.declare([command("again", { create: "echo 3", addPreviousOutputInEnv: false })]);
    expect((await project.up()).output).not.toContain("warning");
  });

  it("reports a lost connection as an error", async () => {
    project.declare([command("lost", { create: "sleep 100" })]);
    const { ended } = project.start("up", "--yes", "--skip-preview");
    expect(await until(() => server.running() > 0, 30_000)).toBe(true);
    server.cut();
    expect((await ended).output).toContain("the connection was lost before the command ended");
  });

  it("lets go of a command when the engine is interrupted", async () => {
    project.declare([command("long", { create: "sleep 101" })]);
    const { pid, ended } = project.start("up", "--yes", "--skip-preview");
    expect(await until(() => server.running() > 0, 30_000)).toBe(true);
    process.kill(pid, "SIGINT");
    const { code, output } = await ended;
    expect(code).not.toBe(0);
    expect(output).toContain("error: cancelled");
    expect(await until(() => server.running() === 0, 5_000)).toBe(true);
  });

  it("gives up a server that does not answer when the engine is interrupted", async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    project.declare([command("silent", { create: "true", connection: connection({ port, perDialTimeout: 0 }) })]);
    const { pid, ended } = project.start("up", "--yes", "--skip-preview");
    await new Promise((resolve) => silent.once("connection", resolve));
    process.kill(pid, "SIGINT");
    expect((await ended).output).toMatch(/error: cancelled/);
    silent.close();
  });

  it("gives up a server that does not answer after its time", async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    project.declare([command("late", { create: "true", connection: connection({ port, perDialTimeout: 1 }) })]);
    expect((await project.up()).output).toContain("after 1 failed attempt: Timed out");
    silent.close();
  });

  it("goes through a proxy with keys from agents, and keeps neither key nor password in the state", async () => {
    const [target, through] = [await startSshd({ hostKeys: ["rsa", "ecdsa"] }), await startSshd()];
    const gateway = await Gateway.open(null);
    const host = { ...target.target(), jump: through.target() };
    try {
      await gateway.announce([{ name: "sender", target: host }]);
      project.declare([command("far", { create: "echo there", connection: connectionTo(host) })]);
      expect(await project.up()).toMatchObject({ code: 0 });
      expect(await project.stdout()).toEqual({ far: "there" });
      expect(through.log()).toContain("Accepted publickey");
      const state = await project.openState();
      for (const { privateKeyFile } of [target, through])
        expect(state).not.toContain(readFileSync(privateKeyFile, "utf8").split("\n")[1]);
      expect(state).toContain("agentSocketPath");
      expect(state).not.toContain("privateKey");
      project.declare([]);
      expect(await project.up()).toMatchObject({ code: 0 });
    } finally {
      await gateway.close();
      await Promise.all([target.stop(), through.stop()]);
    }
  });

  it("forgets the key that an earlier version kept, when it is deployed again without", async () => {
    const sshd = await startSshd();
    const gateway = await Gateway.open(null);
    const host = sshd.target();
    const { agentSocketPath, ...place } = connectionTo(host);
    const privateKey = { $secret: readFileSync(sshd.privateKeyFile, "utf8") };
    const ran = { create: `echo ran >> ${project.folder}/again`, delete: `echo gone >> ${project.folder}/again` };
    try {
      await gateway.announce([{ name: "sender", target: host }]);
      project.declare([command("old", { ...ran, connection: { ...place, privateKey } })]);
      expect(await project.up()).toMatchObject({ code: 0 });
      expect(await project.openState()).toContain("privateKey");
      project.declare([command("old", { ...ran, connection: { ...place, agentSocketPath } })]);
      expect((await project.up()).output).toContain("1 updated");
      expect(await project.openState()).not.toContain("privateKey");
      project.declare([]);
      expect((await project.up()).output).toContain("1 deleted");
      expect(project.read("again")).toBe("ran\nran\ngone\n");
    } finally {
      await gateway.close();
      await sshd.stop();
    }
  });

  it("says which agent it could not ask", async () => {
    const { privateKey: _, ...agentOnly } = connection({ agentSocketPath: "/nowhere/agent" });
    project.declare([command("nobody", { create: "true", connection: agentOnly })]);
    expect((await project.up()).output).toMatch(
      /accepts none of the keys.*agent \/nowhere\/agent: Failed to connect to agent/s,
    );
  });

  it("refuses by name what it does not support, before anything runs", async () => {
    const args = { connection: connection(), source: { $asset: "x" }, remotePath: "/tmp/x" };
    project.declare([{ kind: "copy", name: "copy", args }]);
    expect((await project.pulumi("preview")).output).toContain(
      "command:remote:CopyToRemote is not supported by this command provider",
    );
  });
});
