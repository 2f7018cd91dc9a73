import { describe, expect, it } from "vitest";
import { hostKeyProblem, parseHostKey } from "../../../lib/ssh/host-key.ts";
import { makeKey } from "../engine/keys.ts";

describe("host keys", () => {
  it("are read with a comment behind them", () => {
    const { public: key } = makeKey();
    const parsed = parseHostKey(` ${key} root@server\n`);
    expect(parsed?.algorithms).toEqual(["ssh-ed25519"]);
    expect(parsed?.blob.toString("base64")).toBe(key.split(" ")[1]);
  });

  it("of RSA may be shown with each of its signature algorithms", () => {
    const type = Buffer.from("ssh-rsa");
    const blob = Buffer.concat([Buffer.from([0, 0, 0, type.length]), type, Buffer.alloc(64)]);
    expect(parseHostKey(`ssh-rsa ${blob.toString("base64")}`)?.algorithms).toContain("rsa-sha2-512");
  });

  it.each([
    "",
    "ssh-ed25519",
    "ssh-ed25519 AAAA",
    "ssh-dss AAAAB3NzaC1kc3M",
    `ssh-rsa ${makeKey().public.split(" ")[1]}`,
  ])("are not %j", (text) => {
    expect(parseHostKey(text)).toBeUndefined();
    expect(hostKeyProblem(text)).toContain(JSON.stringify(text));
  });
});
