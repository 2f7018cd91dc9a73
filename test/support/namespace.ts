import { execa } from "execa";

/**
 * Runs a shell script as root of a network namespace of its own, in which it may make interfaces, bridges, rules and, with
 * `ip netns add`, more namespaces. All of it is gone when the script ends. Other users become root of a user namespace.
 * @returns its stdout
 * @throws with its stderr when it fails
 */
export async function inNamespace(script: string, env: Record<string, string> = {}): Promise<string> {
  const user = process.getuid?.() === 0 ? [] : ["--map-root-user"];
  const own = "mount -t sysfs none /sys; mount -t tmpfs none /run; ip link set lo up";
  const words = ["--net", "--mount", "sh", "-euc", `${own}\n${script}`];
  const path = `/usr/local/sbin:/usr/sbin:/sbin:${process.env.PATH}`;
  const { stdout } = await execa("unshare", [...user, ...words], { env: { ...env, PATH: path }, timeout: 60_000 });
  return stdout;
}
