import type { SshConnection } from "../ssh/connect.ts";

/** A guest's agent answers one question at a time; that many guests are asked side by side. */
export const sideBySide = 6;

/** How a command ended. */
export interface CommandExit {
  code: number;
  stdout: Buffer;
  stderr: string;
}

/** A command that runs in an endpoint. */
export interface RunningCommand {
  /**
   * Waits for its end, asking every `everyMs`.
   * @throws LabError when it has not ended within `limitMs`; it is ended then, and the message says how that went
   */
  ended(limitMs: number, everyMs?: number): Promise<CommandExit>;
  /** Ends all that runs of it. @throws LabError when that cannot be verified */
  end(): Promise<void>;
}

/**
 * Where an endpoint's packets pass its server: its own interface there, null where it has none beside the device below it, and that
 * device. One in another network namespace than the server's own is called NAMESPACE/INTERFACE.
 */
export interface ServerInterfaces {
  own: string | null;
  below: string;
}

/** What talks, on its server: commands run in it, and no packet of theirs is on the network that is measured. */
export interface Endpoint {
  /** What its server and messages call it. */
  readonly name: string;
  /** The folder in it for files of those who run commands there; it is there, and goes with the endpoint. */
  readonly files: string;
  /** Where it writes words that its server is to find while nobody speaks to either: its own path, and the server's file of them. */
  readonly words: { written: string; read: string };
  /** Where a program is from that it lacks, as a message ends. */
  readonly wherePrograms: string;
  /** A shell function `endpoint_facts` for its server, which tells by `fact NAME COMMAND…` what it is and which deployment of it. */
  readonly facts: string;
  /** A script for it that ends all of our processes there whose names begin so, and fails where some are left. @param names plain words */
  endProcesses(names: readonly string[]): string;
  /** Starts a shell command. @param capture whether what it prints is kept for its end */
  start(command: string, capture: boolean): Promise<RunningCommand>;
  /** Runs a shell command and gives its stdout. @throws LabError when it fails, or takes longer than `limitMs` */
  run(command: string, limitMs?: number): Promise<string>;
  /**
   * Brings files home, with the size and hash of each checked.
   * @returns them in the order of `paths`
   * @throws LabError when one is larger than allowed or did not arrive whole
   */
  fetch(paths: readonly string[], limits: { maxBytes: number; limitMs: number }): Promise<Buffer[]>;
  /** Whether it is there, also where it does not answer. @throws LabError when its server does not tell */
  isThere(): Promise<boolean>;
  /** @param mac of its network device, in lower case. @throws LabError when its server has no interface of it */
  serverInterfaces(mac: string): Promise<ServerInterfaces>;
}

/** One look at the CPU of a server's endpoints: the server's clock in seconds since its boot, and nanoseconds of CPU by name. */
export interface CpuLook {
  seconds: number;
  cpuNs: ReadonlyMap<string, number>;
}

/** A kind of endpoint. How it is declared is its part of `infra/`; this is how it is used once it is there. */
export interface EndpointKind {
  /** @param name of the endpoint on that server */
  open(ssh: SshConnection, name: string): Endpoint;
}

/** A kind of which a server counts what CPU each one uses: background VMs must be of one, for their load is seen by it. */
export interface CountedKind extends EndpointKind {
  /** CPU time of all endpoints of this kind on a server: a command for the server, and what reads its answer. */
  cpu: { command: string; parse(text: string, where: string): CpuLook };
}

/** The CPU that an endpoint used between two looks, in per cent of one CPU; null for one that was not there in both. */
export function cpuPercent(name: string, before: CpuLook, after: CpuLook): number | null {
  const [from, to] = [before.cpuNs.get(name), after.cpuNs.get(name)];
  return from === undefined || to === undefined ? null : (to - from) / 1e7 / (after.seconds - before.seconds);
}
