import type { Duplex } from "node:stream";
import type { Client, ClientChannel } from "ssh2";
import { LabError } from "../../lib/errors.ts";
import type { SshConnection } from "../../lib/ssh/connect.ts";
import { framed, newCall, scriptStderr } from "../../lib/ssh/framing.ts";

/** Sockets of libvirt's daemons: the one for all drivers (or the proxy in its place), and QEMU's own. */
const daemonSockets = ["/run/libvirt/libvirt-sock", "/run/libvirt/virtqemud-sock"];

/**
 * Joins its input and output to libvirt, as libvirt's own ssh client does it on a server: by virt-ssh-helper, which
 * finds the daemon, monolithic or modular, or by nc. What follows the line `joined` is libvirt's, to the end: so the shell
 * around the script, which would say how that has ended, is ended first.
 */
const script = (joined: string, missing: string) => `
if command -v virt-ssh-helper > /dev/null; then echo ${joined}; virt-ssh-helper qemu:///system; kill -KILL $$; exit; fi
for socket in ${daemonSockets.join(" ")}; do
  [ -S "$socket" ] && nc -h 2>&1 | grep -q -e -U || continue
  echo ${joined}
  nc -U "$socket"
  kill -KILL $$
  exit
done
echo ${missing}`;

/** A channel to libvirt, and what is known when it ends early. */
export interface LibvirtChannel {
  stream: Duplex;
  /** What the server said meanwhile on its standard error. */
  said(): string;
}

/** Takes a channel's output up to a line that is one of `marks`, and leaves the rest in it; undefined when none comes. */
function passMark<T extends string>(channel: ClientChannel, marks: readonly T[]): Promise<T | undefined> {
  return new Promise((resolve) => {
    let seen = Buffer.alloc(0);
    const take = (data: Buffer) => {
      seen = Buffer.concat([seen, data]);
      const mark = marks.find((each) => seen.includes(`\n${each}\n`));
      if (mark === undefined) return;
      channel.pause();
      channel.off("data", take);
      const rest = seen.subarray(seen.indexOf(`\n${mark}\n`) + mark.length + 2);
      if (rest.length > 0) channel.unshift(rest);
      resolve(mark);
    };
    channel.on("data", take);
    channel.once("close", () => resolve(undefined));
  });
}

/** Starts the script; undefined when the server has no program that could join us. */
function throughHelper(client: Client, where: string): Promise<LibvirtChannel | undefined> {
  const call = newCall();
  const [joined, missing] = [`${call} joined`, `${call} missing`];
  const { command, stdin } = framed(script(joined, missing), call);
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(new LabError(`${where}: ${error.message}`));
      let stderr = "";
      channel.stderr.on("data", (data: Buffer) => {
        stderr = (stderr + data.toString()).slice(-2000);
      });
      channel.on("error", () => {}); // written to one that has ended; its end follows
      channel.write(stdin);
      const complaint = () => scriptStderr(stderr, call).trim();
      passMark(channel, [joined, missing]).then((mark) => {
        if (mark === joined) return resolve({ stream: channel, said: complaint });
        channel.close();
        if (mark === missing) resolve(undefined);
        else reject(new LabError(`${where}: libvirt cannot be reached: the server ran no script: ${complaint()}`));
      });
    });
  });
}

const throughForwarding = (client: Client, socket: string): Promise<LibvirtChannel | Error> =>
  new Promise((resolve) => {
    client.openssh_forwardOutStreamLocal(socket, (error, channel) =>
      resolve(error ?? { stream: channel, said: () => "" }),
    );
  });

/**
 * Joins a connection to a server's libvirt: by a program there, or, where it has none that can, by forwarding.
 * @param where how messages call the server
 * @throws LabError that says what the server lacks
 */
export async function openLibvirt({ client }: SshConnection, where: string): Promise<LibvirtChannel> {
  const direct = await throughHelper(client, where);
  if (direct) return direct;
  const failures: string[] = [];
  for (const socket of daemonSockets) {
    const forwarded = await throughForwarding(client, socket);
    if (!(forwarded instanceof Error)) return forwarded;
    failures.push(`${socket}: ${forwarded.message}`);
  }
  throw new LabError(
    `${where}: libvirt cannot be reached: the server has neither virt-ssh-helper (libvirt 7.0 or later) nor an nc with -U, and forwarding fails (${failures.join("; ")}). Does libvirt's daemon run, and does sshd allow it (AllowStreamLocalForwarding)?`,
  );
}
