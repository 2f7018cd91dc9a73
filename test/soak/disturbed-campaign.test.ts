import { setTimeout as sleep } from "node:timers/promises";
import { describe, it } from "vitest";
import { readState } from "../../emulator/hosts/state.ts";
import { hostsUp } from "../../emulator/hosts/up.ts";
import { cacheDir, hostsFile } from "../../lib/paths.ts";
import { plainProgress } from "../../lib/progress.ts";
import { expectToSurviveKills, RealCampaign } from "../support/real-campaign.ts";

const words = ["drivers", "--profile", "emulated"];
const bridge = { words: [...words, "--only", "mainDriver=virtio-bridge"], replicates: 2, runs: 1 };

async function signalResponder(signal: NodeJS.Signals): Promise<void> {
  const state = await readState(cacheDir(), "responder");
  if (!state) throw new Error("the responder was never started");
  process.kill(state.process.pid, signal);
}

describe("a campaign ends with each run once", { timeout: 4 * 3_600_000 }, () => {
  it("after it was killed at 20 moments", async () => {
    await expectToSurviveKills({ words, replicates: 2, runs: 2 }, 20, [5, 120]);
  });

  it("when a server stood still for 45 s", async () => {
    const campaign = new RealCampaign(bridge);
    try {
      await campaign.disturb([15, 75], async () => {
        await signalResponder("SIGSTOP");
        await sleep(45_000);
        await signalResponder("SIGCONT");
      });
      await campaign.finish();
      await campaign.expectWhole();
    } finally {
      campaign.remove();
    }
  });

  it("when a server was killed, and booted again", async () => {
    const campaign = new RealCampaign(bridge);
    try {
      await campaign.disturb([15, 75], () => signalResponder("SIGKILL"));
      await hostsUp({ cache: cacheDir(), progress: plainProgress, inventoryFile: hostsFile });
      await campaign.finish();
      await campaign.expectWhole();
    } finally {
      campaign.remove();
    }
  });
});
