import type { Command } from "commander";
import type { ServerStatus } from "../../emulator/hosts/status.ts";
import { hostsFile } from "../../lib/paths.ts";
import { hostsOption } from "../hosts-option.ts";

interface Options {
  json?: true;
}

const load = async () => {
  const [servers, locks, { progress }] = await Promise.all([
    import("../setup/servers.ts"),
    import("../setup/locks.ts"),
    import("../progress.ts"),
  ]);
  return { ...servers, ...locks, progress };
};

function describe({ name, status, port, pid, pinnedCore, startedAt }: ServerStatus): string {
  const core = pinnedCore === null || pinnedCore === undefined ? "no core of its own" : `core ${pinnedCore}`;
  const details = status === "down" ? "" : `  127.0.0.1:${port}, process ${pid}, ${core}, since ${startedAt}`;
  return `${name.padEnd(10)} ${status}${details}`;
}

async function print({ json }: Options): Promise<ServerStatus[]> {
  const { serverStatus } = await load();
  const servers = await serverStatus();
  process.stdout.write(json ? `${JSON.stringify(servers, null, 2)}\n` : `${servers.map(describe).join("\n")}\n`);
  return servers;
}

export function register(program: Command): void {
  const hosts = program.command("hosts").summary("the two emulated servers").description("The two emulated servers.");

  hosts
    .command("up")
    .description(`boot both servers, unless they are up, and write ${hostsFile}`)
    .option("--json", "print how they are as JSON")
    .action(async (options: Options) => {
      const { withServers, bootServers, progress } = await load();
      await withServers(progress, () => bootServers(progress));
      await print(options);
    });

  hosts
    .command("down")
    .description("end both servers; what was on them is gone")
    .option("--json", "print how they are as JSON")
    .action(async (options: Options) => {
      const { withServers, stopServers, progress } = await load();
      await withServers(progress, () => stopServers(progress));
      await print(options);
    });

  hosts
    .command("status")
    .description("say how both servers are; the exit status is 0 when both are up, else 1")
    .option("--json", "print it as JSON")
    .action(async (options: Options) => {
      if ((await print(options)).some(({ status }) => status !== "up")) process.exitCode = 1;
    });

  hosts
    .command("release")
    .description("take a server from a stack that is dead and cannot give it back; without --force only say who has it")
    .argument("<name>", "sender or responder")
    .option("--force", "take it")
    .option(...hostsOption)
    .action(async (name: string, { force, hosts: file }: { force?: true; hosts: string }) => {
      const [{ releaseHost }, { readInventory }, { checkout }, { resolve }, { progress }] = await Promise.all([
        import("../../infra/host/give-back.ts"),
        import("../../infra/config/load.ts"),
        import("../../lib/paths.ts"),
        import("node:path"),
        import("../progress.ts"),
      ]);
      const holder = await releaseHost(readInventory(resolve(checkout, file)), name, force ?? false);
      progress.say(holder ? `${name}: taken from ${holder}` : `${name}: no stack has it`);
    });

  hosts
    .command("restore")
    .description(
      "put a server back as it was before a stack changed it, without that stack: VMs, bridge, VFs with drivers, names and settings",
    )
    .argument("<name>", "sender or responder")
    .option("--force", "also where a stack has the server")
    .option(...hostsOption)
    .action(async (name: string, { force, hosts: file }: { force?: true; hosts: string }) => {
      const [{ restoreHost }, { readInventory }, { checkout }, { resolve }] = await Promise.all([
        import("../../infra/host/give-back.ts"),
        import("../../infra/config/load.ts"),
        import("../../lib/paths.ts"),
        import("node:path"),
      ]);
      process.stdout.write(`${await restoreHost(readInventory(resolve(checkout, file)), name, force ?? false)}\n`);
    });

  hosts
    .command("ssh")
    .description("a shell on a server, or a command there")
    .argument("<name>", "sender or responder")
    .argument("[command...]", "run this and no shell")
    .passThroughOptions()
    .action(async (name: string, command: string[]) => {
      const [{ hostSsh }, { cacheDir }] = await Promise.all([
        import("../../emulator/hosts/ssh.ts"),
        import("../../lib/paths.ts"),
      ]);
      process.exitCode = await hostSsh(name, command, { cache: cacheDir() });
    });
}
