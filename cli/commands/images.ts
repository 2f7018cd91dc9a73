import type { Command } from "commander";

export function register(program: Command): void {
  program
    .command("images")
    .summary("build the images of the emulated servers and of the guests")
    .description(
      "Builds what is missing in the cache: QEMU, the servers' system, and the guests' kernel and initramfs.",
    )
    .option("--json", "print where the images are as JSON")
    .action(async ({ json }: { json?: true }) => {
      const [{ prepareImages }, { progress }] = await Promise.all([
        import("../setup/images.ts"),
        import("../progress.ts"),
      ]);
      const images = await prepareImages(progress);
      process.stdout.write(json ? `${JSON.stringify(images, null, 2)}\n` : `${images.guest}\n`);
    });
}
