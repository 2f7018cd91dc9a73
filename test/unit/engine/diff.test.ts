import { describe, expect, it } from "vitest";
import { diff } from "../../../tools/engine/command-provider/diff.ts";
import { seal, unknown } from "../../../tools/engine/command-provider/envelopes.ts";
import { localCommandType, remoteCommandType } from "../../../tools/engine/command-provider/inputs.ts";

describe("diff", () => {
  it("sees no change in the order of keys, in secrecy, and in what is no input", () => {
    const olds = { create: "x", environment: { a: "1", b: "2" }, stdout: "printed" };
    const news = { environment: { b: "2", a: seal("1") }, create: seal("x") };
    expect(diff(localCommandType, olds, news)).toEqual({ changed: [], replaces: [] });
  });

  it("takes null for left out", () => {
    expect(diff(localCommandType, { create: "x", update: null }, { create: "x" }).changed).toEqual([]);
  });

  it("updates for a changed input, a changed connection included", () => {
    const olds = { create: "x", connection: { host: "a" } };
    const news = { create: "y", connection: seal({ host: "b" }) };
    expect(diff(remoteCommandType, olds, news)).toEqual({ changed: ["create", "connection"], replaces: [] });
  });

  it("replaces for changed triggers only, of whatever type", () => {
    const change = (old: unknown, now: unknown) =>
      diff(localCommandType, { triggers: old as never }, { triggers: now as never });
    expect(change([1, { a: 1 }], [1, { a: 2 }])).toEqual({ changed: ["triggers"], replaces: ["triggers"] });
    expect(change([1], undefined).replaces).toEqual(["triggers"]);
    expect(change([unknown], ["x"]).replaces).toEqual(["triggers"]);
    expect(change([{ b: 1, a: 2 }], [{ a: 2, b: 1 }]).replaces).toEqual([]);
  });
});
