import type { Command } from "commander";
import type { StackCommand, StackOptions } from "../stack/run.ts";

const does: Record<StackCommand, string> = {
  up: "deploy a stack's scenario and measure the runs that are missing",
  preview: "show what up would do",
  refresh: "compare a stack's state with the servers",
  destroy: "remove what a stack deployed (measured data stays)",
};

function registerOne(program: Command, name: StackCommand): void {
  const command = program
    .command(name)
    .summary(does[name])
    .description(
      `pulumi ${name} with everything it needs: ${does[name]}.\n` +
        `A stack is a scenario: Pulumi.STACK.yaml. What follows -- goes to pulumi: ./lab ${name} sender -- --diff`,
    )
    .argument("<stack>", "name of the stack, for example sender")
    .argument("[arguments...]", "for pulumi, after --");
  if (name !== "preview") command.option("-y, --yes", "do not ask (as when standard input is no terminal)");
  command.action(async (stack: string, args: string[], options: StackOptions) => {
    const { runOnStack } = await import("../stack/run.ts");
    await runOnStack(name, stack, args, options);
  });
}

export function register(program: Command): void {
  for (const name of Object.keys(does) as StackCommand[]) registerOne(program, name);
}
