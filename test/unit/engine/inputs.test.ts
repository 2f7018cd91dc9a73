import { describe, expect, it } from "vitest";
import { type JsonObject, seal, unknown } from "../../../tools/engine/command-provider/envelopes.ts";
import {
  check,
  localCommandType,
  localRunType,
  nameOf,
  remoteCommandType,
  typeOf,
  withDefaults,
} from "../../../tools/engine/command-provider/inputs.ts";
import { makeKey } from "./keys.ts";

const problems = (type: string, inputs: JsonObject) =>
  check(type, inputs).map(({ property, reason }) => `${property} ${reason}`);

describe("check of local.Command", () => {
  it("accepts all inputs that are supported, secret and unknown ones too", () => {
    const inputs = {
      create: "true",
      update: seal("true"),
      delete: unknown,
      triggers: [1, null, { any: "thing" }],
      stdin: "",
      environment: { A: "1", B: seal("2"), C: unknown },
      logging: "none",
      addPreviousOutputInEnv: false,
      dir: "/",
      interpreter: ["/bin/sh", seal("-c")],
    };
    expect(problems(localCommandType, inputs)).toEqual([]);
    expect(problems(localCommandType, {})).toEqual([]);
  });

  it.each([
    [{ create: 1 }, "create must be a text, not 1"],
    [{ create: {} }, "create must be a text, not an object"],
    [{ triggers: "x" }, 'triggers must be a list, not "x"'],
    [{ environment: ["A=1"] }, "environment must map names to texts, not an object"],
    [{ environment: { "A B": "1" } }, "environment.A B is no name of an environment variable (letters, digits and _)"],
    [{ environment: { A: 1 } }, "environment.A must be a text, not 1"],
    [{ interpreter: ["sh", 2] }, "interpreter[1] must be a text, not 2"],
    [{ interpreter: "sh" }, 'interpreter must be a list, not "sh"'],
    [{ logging: "all" }, 'logging must be one of stdout, stderr, stdoutAndStderr, none, not "all"'],
    [{ addPreviousOutputInEnv: "no" }, 'addPreviousOutputInEnv must be true or false, not "no"'],
    [
      { assetPaths: ["*"] },
      "assetPaths is not supported by this command provider: read the files in the program with node:fs, or install the official provider",
    ],
    [
      { archivePaths: seal(["*"]) },
      "archivePaths is not supported by this command provider: read the files in the program with node:fs, or install the official provider",
    ],
  ])("refuses %j", (inputs, problem) => {
    expect(problems(localCommandType, inputs as JsonObject)).toEqual([problem]);
  });

  it("names the inputs there are for one that is not", () => {
    expect(problems(localCommandType, { connection: {} })).toEqual([
      "connection is not an input here; there are create, update, delete, triggers, stdin, environment, logging, addPreviousOutputInEnv, dir, interpreter",
    ]);
  });
});

describe("check of remote.Command", () => {
  const connection = (changes: JsonObject = {}) => ({ connection: seal({ host: "server", ...changes }) });

  it("accepts a whole connection", () => {
    const whole = {
      port: 22,
      user: "root",
      password: "p",
      privateKey: "k",
      privateKeyPassword: "q",
      agentSocketPath: "/agent",
      hostKey: makeKey().public,
      dialErrorLimit: -1,
      perDialTimeout: 0,
      proxy: { host: "jump", port: 2222, hostKey: makeKey().public, agentSocketPath: "/agent" },
    };
    expect(problems(remoteCommandType, connection(whole))).toEqual([]);
    expect(problems(remoteCommandType, { connection: unknown })).toEqual([]);
  });

  it("asks for a connection and its host", () => {
    expect(problems(remoteCommandType, { create: "true" })).toEqual(["connection is required and missing"]);
    expect(problems(remoteCommandType, { connection: { user: "root" } })).toEqual([
      "connection.host is required and missing",
    ]);
    expect(problems(remoteCommandType, { connection: "server" })).toEqual([
      'connection must be an object with at least "host", not "server"',
    ]);
  });

  it.each([
    [{ host: " " }, 'connection.host must be a text that is not empty, not " "'],
    [{ port: 0 }, "connection.port must be a whole number from 1 to 65535, not 0"],
    [{ port: "22" }, 'connection.port must be a whole number from 1 to 65535, not "22"'],
    [{ dialErrorLimit: -2 }, "connection.dialErrorLimit must be a whole number, at least -1, not -2"],
    [{ perDialTimeout: 0.5 }, "connection.perDialTimeout must be a whole number, at least 0, not 0.5"],
    [{ proxy: { user: "x" } }, "connection.proxy.host is required and missing"],
    [
      { proxy: { host: "x", proxy: { host: "y" } } },
      "connection.proxy.proxy is not an input here; there are host, port, user, password, privateKey, privateKeyPassword, agentSocketPath, hostKey, dialErrorLimit, perDialTimeout",
    ],
  ])("refuses %j", (changes, problem) => {
    expect(problems(remoteCommandType, connection(changes as JsonObject))).toEqual([problem]);
  });

  it("refuses what is no host key", () => {
    const [problem] = problems(remoteCommandType, connection({ hostKey: "SHA256:abc" }));
    expect(problem).toMatch(/^connection.hostKey must be "TYPE BASE64" as ssh-keyscan prints it after the host/);
  });

  it("has no dir and no interpreter", () => {
    expect(problems(remoteCommandType, { ...connection(), dir: "/" })).toHaveLength(1);
  });
});

describe("check of other things", () => {
  it("needs the command of local.run", () => {
    expect(problems(localRunType, {})).toEqual(["command is required and missing"]);
    expect(problems(localRunType, { command: "true", stdin: "x" })).toEqual([]);
  });

  it("refuses what the official provider has and this one has not by name", () => {
    expect(problems("command:remote:CopyToRemote", {})[0]).toContain(
      "command:remote:CopyToRemote is not supported by this command provider: use a remote.Command",
    );
    expect(problems("command:remote:Command2", {})[0]).toContain("is not known to this command provider; it has");
  });
});

describe("names and defaults", () => {
  it("reads types and names off URNs", () => {
    const urn = "urn:pulumi:dev::project::my:component:Type$command:local:Command::name::with";
    expect(typeOf(urn)).toBe("command:local:Command");
    expect(nameOf(urn)).toBe("name::with");
  });

  it("fills in the default that the official provider keeps in the state", () => {
    expect(withDefaults(localCommandType, { create: "x" })).toEqual({ create: "x", addPreviousOutputInEnv: true });
    expect(withDefaults(remoteCommandType, { addPreviousOutputInEnv: false })).toEqual({
      addPreviousOutputInEnv: false,
    });
  });
});
