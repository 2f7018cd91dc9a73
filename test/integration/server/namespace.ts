import { execa } from "execa";
import { shellScript } from "../../../infra/server-script.ts";

/** Mounts of its own: what the kernel says of this namespace's interfaces, and a /run and /var/lib that nobody else sees. */
const mounts = `mount -t sysfs none /sys
mount -t tmpfs none /run
mount -t tmpfs none /var/lib`;

/** Shell text that runs a script of infra/scripts and prints what it answers. */
const answerOf = (file: string, variables: Record<string, string | number>): string =>
  `sh <<'LAB-SCRIPT'
${shellScript(file, variables)}
LAB-SCRIPT`;

/** The same with what it says on stderr, then a line "EXIT status". */
export const scriptIn = (file: string, variables: Record<string, string | number>): string =>
  `{ ${answerOf(file, variables)}
} 2>&1 && echo 'EXIT 0' || echo "EXIT $?"`;

/** Runs text in a network namespace that it has to itself, with the kernel's own interfaces. @returns what it printed */
export async function inNamespace(text: string): Promise<string> {
  const asRoot = process.getuid?.() === 0 ? [] : ["--map-root-user"];
  const { stdout, all, exitCode } = await execa("unshare", [...asRoot, "--net", "--mount", "sh", "-e"], {
    env: { SSH_CONNECTION: "" },
    input: `${mounts}\n${text}`,
    timeout: 60_000,
    reject: false,
    all: true,
  });
  if (exitCode !== 0) throw new Error(`the namespace ended with ${exitCode}: ${all}`);
  return stdout;
}
