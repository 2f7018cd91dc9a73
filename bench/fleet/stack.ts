import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { parse, stringify } from "yaml";
import type { Host } from "../../infra/config/hosts.ts";
import { Gateway } from "../../infra/gateway/gateway.ts";
import { shellScript } from "../../infra/server-script.ts";
import { LabError } from "../../lib/errors.ts";
import { parseFields } from "../../lib/key-value.ts";
import { checkout } from "../../lib/paths.ts";
import { volatileFolder } from "../../lib/server-paths.ts";
import { timed } from "./timed.ts";

const project = join(checkout, "bench");
const stackName = "fleet";
/** Where the engine keeps the salt of a new stack, until it is moved. */
export const newConfigFile = join(project, `Pulumi.${stackName}.yaml`);

export interface StackArgs {
  /** Takes state, configuration and what pulumi prints. */
  folder: string;
  host: Host;
  guestImage: string;
  parallelStarts: number;
}

/** A VM as it was deployed. */
export interface DeployedFleet {
  name: string;
  /** What libvirt was told. */
  xml: string;
  mac: string;
  peerMac: string;
}

interface Exported {
  deployment: { resources: { type: string; inputs?: { name?: string; xml?: { xslt?: string } } }[] };
}

/** The stack of bench/Pulumi.yaml, driven by plain `pulumi`. */
export class FleetStack {
  readonly #args: StackArgs;
  readonly #configFile: string;
  readonly #salt: string;

  private constructor(args: StackArgs, configFile: string, salt: string) {
    this.#args = args;
    this.#configFile = configFile;
    this.#salt = salt;
  }

  /** Makes it, with its state in a file backend. The environment of this process is changed for that. */
  static async make(args: StackArgs): Promise<FleetStack> {
    const state = join(args.folder, "state");
    await mkdir(state);
    process.env.PULUMI_BACKEND_URL = `file://${state}`;
    process.env.PULUMI_CONFIG_PASSPHRASE = "benchmark";
    // It ends with this process.
    const gateway = await Gateway.open(null);
    Object.assign(process.env, gateway.env);
    const configFile = join(args.folder, `Pulumi.${stackName}.yaml`);
    await execa("pulumi", ["stack", "init", stackName, "--non-interactive"], { cwd: project });
    // The engine keeps the stack's salt beside the project; it moves to where everything else is.
    await rename(newConfigFile, configFile);
    const { encryptionsalt } = parse(await readFile(configFile, "utf8")) as { encryptionsalt: string };
    return new FleetStack(args, configFile, encryptionsalt);
  }

  /**
   * Deploys a fleet.
   * @param options.preview as `pulumi up` does by itself
   * @param options.unchanged nothing must be changed
   * @returns the seconds it took
   */
  async up(vms: number, options: { preview?: boolean; unchanged?: boolean } = {}): Promise<number> {
    const { host, guestImage, parallelStarts } = this.#args;
    const settings = Object.entries({ host, guestImage, vms, parallelStarts });
    const config = Object.fromEntries(settings.map(([key, value]) => [`sriov-rtt-bench:${key}`, value]));
    await writeFile(this.#configFile, stringify({ encryptionsalt: this.#salt, config }));
    return this.#run("up", [
      ...(options.preview ? [] : ["--skip-preview"]),
      ...(options.unchanged ? ["--expect-no-changes"] : []),
    ]);
  }

  /** Takes everything down. @returns the seconds it took */
  destroy(): Promise<number> {
    return this.#run("destroy", ["--skip-preview"]);
  }

  /**
   * Leaves the marks that say that the guests have answered, as ready.sh does: without them the next deployment would
   * make all VMs anew, and these guests halt before they can answer.
   */
  async acceptGuests(): Promise<void> {
    const marks = (await this.#slots()).map(
      ({ name = "", token = "" }) => `TOKEN=${token} mark "vm-${name}" "$(vm_proof ${name})"`,
    );
    await execa("sh", { input: [shellScript("proof.sh", {}), ...marks].join("\n") });
  }

  /** What there is now: definitions from the state, addresses from the server. */
  async deployed(): Promise<DeployedFleet[]> {
    const { stdout } = await execa("pulumi", ["stack", "export", "--stack", stackName], { cwd: project });
    const { resources } = (JSON.parse(stdout) as Exported).deployment;
    const slots = new Map((await this.#slots()).map((slot) => [slot.name, slot]));
    const all: DeployedFleet[] = [];
    for (const { inputs } of resources) {
      const { name, xml } = inputs ?? {};
      if (name === undefined || xml?.xslt === undefined) continue;
      const sheet = join(this.#args.folder, "definition.xsl");
      await writeFile(sheet, xml.xslt);
      const { stdout: definition } = await execa("xsltproc", [sheet, sheet]);
      const { mac = "", peer_mac: peerMac = "" } = slots.get(name) ?? {};
      all.push({ name, xml: definition, mac, peerMac });
    }
    return all;
  }

  /** The places of the VMs, by their fields (infra/scripts/slots.sh). */
  async #slots(): Promise<Record<string, string>[]> {
    const folder = join(volatileFolder, "slots");
    const names = await readdir(folder);
    return Promise.all(
      names.map(async (name) => parseFields((await readFile(join(folder, name), "utf8")).trim(), join(folder, name))),
    );
  }

  async #run(command: string, args: string[]): Promise<number> {
    const common = ["--yes", "--non-interactive", "--color", "never", "--config-file", this.#configFile];
    const [result, seconds] = await timed(() =>
      execa("pulumi", [command, "--stack", stackName, ...common, ...args], {
        ...{ cwd: project, reject: false, all: true, timeout: 300_000 },
      }),
    );
    if (result.failed) throw new LabError(`pulumi ${command}: ${result.shortMessage}\n${result.all.slice(-3000)}`);
    return seconds;
  }
}
