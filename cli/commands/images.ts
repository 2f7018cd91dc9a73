import type { Command } from "commander";

export function register(program: Command): void {
  program
    .command("images")
    .summary("build the images of the emulated servers and of the guests")
    .description(
      "Builds what is missing in the cache: QEMU and the servers' system, which takes root, and the guests' kernel and initramfs.",
    )
    .option("--guest", "the guests' kernel and initramfs only, which is what real servers need; any user can build it")
    .option("--json", "print where the images are as JSON")
    .action(async ({ guest, json }: { guest?: true; json?: true }) => {
      const [{ prepareGuestImage, prepareImages }, { progress }] = await Promise.all([
        import("../setup/images.ts"),
        import("../progress.ts"),
      ]);
      const images = guest ? { guest: await prepareGuestImage(progress) } : await prepareImages(progress);
      process.stdout.write(json ? `${JSON.stringify(images, null, 2)}\n` : `${images.guest}\n`);
    });
}
