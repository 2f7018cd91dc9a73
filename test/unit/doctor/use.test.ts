import { describe, expect, it } from "vitest";
import { use } from "../../../infra/doctor/checks/use.ts";
import { findingOf, subject } from "./subject.ts";

describe("what is somebody's", () => {
  it("is nothing on a server that nobody else uses", () => {
    expect(findingOf(use)).toMatchObject({ status: "ok" });
  });

  it("is missing for the testbed, a finding each; another port is advised, and never to take it from whoever has it", () => {
    const findings = use(
      subject({
        inUse: [
          { port: "ens1f0", what: "ens1f0 is a port of br0 (bridge; 10.0.0.1/24)" },
          { port: "", what: "there is a VM rtt-main which is not of this testbed (virsh desc rtt-main)" },
        ],
      }),
    );
    expect(findings.map(({ status }) => status)).toEqual(["missing", "missing"]);
    expect(findings[0]).toMatchObject({
      found: expect.stringContaining("br0"),
      mend: expect.stringMatching(/pfs\.0\.name/),
    });
    expect(findings[0]?.mend).not.toMatch(/nomaster|flush/);
    expect(findings[1]?.mend).toBeUndefined();
  });

  it("is not told where the server did not say", () => {
    expect(use(subject({ lease: { unknown: "gave up" } }))).toEqual([]);
  });
});
