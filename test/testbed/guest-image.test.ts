import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { imageKeys } from "../../emulator/images/recipe.ts";
import { cacheDir, checkout } from "../../lib/paths.ts";

const nobody = 65_534;
const manifestOf = (cache: string) =>
  JSON.parse(readFileSync(join(cache, "images", `guest-${imageKeys().guest}`, "manifest.json"), "utf8"));

/**
 * Runs a module's text with Node.js as a user who is not root and owns `folder` alone. Neither the checkout nor Node.js need
 * be where that user can look: both are mounted into the folder, which nobody but the program sees.
 */
async function asNobody(folder: string, text: string): Promise<string> {
  const script = `
    mkdir "$FOLDER/checkout" "$FOLDER/node"
    mount --bind "$CHECKOUT" "$FOLDER/checkout" && mount --bind "$NODE" "$FOLDER/node" && cd "$FOLDER"
    exec setpriv --reuid ${nobody} --regid ${nobody} --clear-groups node/node --input-type=module --eval "$TEXT"`;
  const variables = { FOLDER: folder, CHECKOUT: checkout, NODE: dirname(process.execPath), TEXT: text, HOME: folder };
  const { stdout } = await execa("unshare", ["--mount", "sh", "-ec", script], { env: variables });
  return stdout;
}

it("any user builds the guest image from the guests' packages, byte for byte what root builds", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lab-nobody-"));
  try {
    const tree = `guest-tree-${imageKeys()["guest-tree"]}`;
    const cache = join(folder, "cache");
    mkdirSync(join(cache, "images"), { recursive: true });
    cpSync(join(cacheDir(), "images", tree), join(cache, "images", tree), { recursive: true });
    chmodSync(folder, 0o755);
    for (const path of [folder, cache, join(cache, "images")]) chownSync(path, nobody, nobody);
    const text = `
      const { ensureGuestImage } = await import("./checkout/emulator/images/ensure.ts");
      const progress = { say: () => {}, step: (label, body) => body() };
      await ensureGuestImage({ cache: process.env.HOME + "/cache", progress });
      console.log(process.getuid());`;
    expect(await asNobody(folder, text)).toBe(String(nobody));
    expect(manifestOf(cache)).toEqual(manifestOf(cacheDir()));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
