import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { LabError } from "../../lib/errors.ts";
import type { DeployedFleet } from "./stack.ts";
import { timed } from "./timed.ts";

const script = join(import.meta.dirname, "script.sh");

/** Where the definitions say that the kernel is. */
function imageFolderOf(vms: readonly DeployedFleet[]): string {
  const [, kernel] = /<kernel>(.*)<\/kernel>/.exec(vms[0]?.xml ?? "") ?? [];
  if (kernel === undefined) throw new LabError("the deployed definitions name no kernel");
  return dirname(kernel);
}

/** Makes the same VMs as a deployment without one: by script.sh. */
export class Script {
  readonly #vms: readonly DeployedFleet[];
  readonly #folder: string;
  readonly #image: string;
  readonly #parallelStarts: number;

  /** @param guestImage folder with what the VMs boot; @param folder takes the definitions */
  constructor(vms: readonly DeployedFleet[], guestImage: string, folder: string, parallelStarts: number) {
    this.#vms = vms;
    this.#image = guestImage;
    this.#folder = folder;
    this.#parallelStarts = parallelStarts;
  }

  /** Brings the image to where the definitions say that it is; a deployment removes it with everything else. */
  async begin(): Promise<void> {
    await cp(this.#image, imageFolderOf(this.#vms), { recursive: true });
  }

  /** Makes some of the VMs. @returns the seconds it took */
  async make(from: number, to: number): Promise<number> {
    const vms = this.#vms.slice(from, to);
    await rm(this.#folder, { recursive: true, force: true });
    await mkdir(this.#folder);
    for (const { name, xml } of vms) await writeFile(join(this.#folder, `${name}.xml`), xml);
    await writeFile(join(this.#folder, "addresses"), vms.map(({ mac, peerMac }) => `${mac} ${peerMac}\n`).join(""));
    const [, seconds] = await timed(() =>
      execa("sh", [script, this.#folder, String(this.#parallelStarts)], { timeout: 300_000 }),
    );
    return seconds;
  }

  /** Takes everything down. */
  async end(): Promise<void> {
    const names = this.#vms.map(({ name }) => name).join(" ");
    const each = 'virsh -q destroy "$0" && virsh -q undefine "$0"';
    await execa("sh", ["-c", `printf '%s\\n' ${names} | xargs -P 8 -n 1 sh -c '${each}'; ip link del rtt0`], {
      timeout: 300_000,
    });
    await rm(imageFolderOf(this.#vms), { recursive: true });
  }
}
