import type { Command } from "commander";

export function register(program: Command): void {
  program
    .command("draw")
    .summary("a stack's testbed as a picture: who is attached to what, where captures sit")
    .description(
      "Draws the testbed that a stack's configuration declares: both servers, their ports and VFs, the bridge, the Main VMs and the " +
        "background VMs, and where packets are captured. Prints an SVG. Nothing is deployed and no server is asked.",
    )
    .argument("<stack>", "name of a stack, for example sender")
    .option("-o, --output <file>", "write it into a file, FILE.svg, FILE.png or FILE.pdf, in place of printing it")
    .action(async (stack: string, { output }: { output?: string }) => {
      const [{ drawnStack, writePicture }, { checkout }] = await Promise.all([
        import("../draw/run.ts"),
        import("../../lib/paths.ts"),
      ]);
      const svg = drawnStack(stack, checkout);
      if (output === undefined) process.stdout.write(svg);
      else await writePicture(svg, output);
    });
}
