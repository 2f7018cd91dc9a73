import { describe, expect, it } from "vitest";
import { tokenOf } from "../../../infra/layer.ts";
import { parseObservation } from "../../../infra/observe.ts";

describe("what a server says of itself", () => {
  it("is a token for each layer that is there, and the lease", () => {
    const { tokens, lease } = parseObservation(
      "image-0a 77\nlease aa\nnic-pf0 bb 7\nbridge-rtt0 cc\nvm-rtt-main dd\nowner 1700000000 stack sender (host:/x y)\n",
    );
    expect(Object.fromEntries(tokens)).toEqual({
      "image-0a": "77",
      lease: "aa",
      "nic-pf0": "bb",
      "bridge-rtt0": "cc",
      "vm-rtt-main": "dd",
    });
    expect(lease).toEqual({ owner: "stack sender (host:/x y)", since: new Date(1_700_000_000_000) });
  });

  it("is nothing on a server that was never used", () => {
    expect(parseObservation("")).toEqual({ tokens: new Map(), lease: undefined });
  });

  it("is refused when it is not understood", () => {
    expect(() => parseObservation("bash: warning\n\nnic-pf0\n")).toThrow(/nic-pf0/);
  });

  it("keeps the token of a layer that is there and gives a new one to a layer that is not", () => {
    const observed = new Map([["lease", "aa"]]);
    expect(tokenOf(observed, "lease")).toBe("aa");
    expect(tokenOf(observed, "nic-pf0")).toMatch(/^[0-9a-f]{12}$/);
    expect(tokenOf(observed, "nic-pf0")).not.toBe(tokenOf(observed, "nic-pf0"));
  });
});
