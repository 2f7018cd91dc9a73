import type { Command } from "commander";
import { hostsFile } from "../../lib/paths.ts";
import type { PrintOptions } from "../hosts/emulated.ts";
import type { GiveBackOptions } from "../hosts/give-back.ts";
import { hostsOption } from "../hosts-option.ts";

function registerEmulated(hosts: Command): void {
  hosts
    .command("up")
    .description(`boot both servers, unless they are up, and write ${hostsFile}`)
    .option("--json", "print how they are as JSON")
    .action(async (options: PrintOptions) => {
      const { startServers } = await import("../hosts/emulated.ts");
      await startServers(options);
    });

  hosts
    .command("down")
    .description("end both servers; what was on them is gone")
    .option("--json", "print how they are as JSON")
    .action(async (options: PrintOptions) => {
      const { endServers } = await import("../hosts/emulated.ts");
      await endServers(options);
    });

  hosts
    .command("status")
    .description("say how both servers are; the exit status is 0 when both are up, else 1")
    .option("--json", "print it as JSON")
    .action(async (options: PrintOptions) => {
      const { printServers } = await import("../hosts/emulated.ts");
      if (!(await printServers(options))) process.exitCode = 1;
    });

  hosts
    .command("ssh")
    .description("a shell on a server, or a command there")
    .argument("<name>", "sender or responder")
    .argument("[command...]", "run this and no shell")
    .passThroughOptions()
    .action(async (name: string, command: string[]) => {
      const { openShell } = await import("../hosts/emulated.ts");
      process.exitCode = await openShell(name, command);
    });
}

function registerGiveBack(hosts: Command): void {
  hosts
    .command("release")
    .description("take a server from a stack that is dead and cannot give it back; without --force only say who has it")
    .argument("<name>", "sender or responder")
    .option("--force", "take it")
    .option(...hostsOption)
    .action(async (name: string, options: GiveBackOptions) => {
      const { releaseServer } = await import("../hosts/give-back.ts");
      await releaseServer(name, options);
    });

  hosts
    .command("restore")
    .description(
      "put a server back as it was before a stack changed it, without that stack: VMs, bridge, VFs with drivers, names and settings",
    )
    .argument("<name>", "sender or responder")
    .option("--force", "also where a stack has the server")
    .option(...hostsOption)
    .action(async (name: string, options: GiveBackOptions) => {
      const { restoreServer } = await import("../hosts/give-back.ts");
      await restoreServer(name, options);
    });
}

export function register(program: Command): void {
  const hosts = program.command("hosts").summary("the two emulated servers").description("The two emulated servers.");
  registerEmulated(hosts);
  registerGiveBack(hosts);
}
