import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readSync } from "node:fs";
import { LabError } from "../../lib/errors.ts";
import type { SshConnection } from "../../lib/ssh/connect.ts";
import { playVirsh } from "./played-virsh.ts";

interface Request {
  execute: string;
  arguments: { path?: string; arg?: string[]; pid?: number; handle?: number; count?: number };
}

/** A guest agent that is this machine: it runs the commands and reads the files. */
export class LocalAgent {
  readonly #children = new Map<number, { process: ChildProcess; out: Buffer[]; err: Buffer[] }>();
  /** What it was asked, in order. */
  readonly asked: string[] = [];
  /** Changes an answer before it is given. */
  spoil: (request: Request, answer: object | number) => object | number = (_request, answer) => answer;

  #answer({ execute, arguments: args }: Request): object | number {
    switch (execute) {
      case "guest-exec": {
        const process = spawn(args.path ?? "", args.arg ?? [], { stdio: ["ignore", "pipe", "pipe"], detached: true });
        const child = { process, out: [] as Buffer[], err: [] as Buffer[] };
        process.stdout.on("data", (data: Buffer) => child.out.push(data));
        process.stderr.on("data", (data: Buffer) => child.err.push(data));
        this.#children.set(process.pid ?? 0, child);
        return { pid: process.pid ?? 0 };
      }
      case "guest-exec-status": {
        const child = this.#children.get(args.pid ?? 0);
        if (!child) throw new LabError(`no process ${args.pid}`);
        const { exitCode, signalCode, stdout } = child.process;
        if (exitCode === null && signalCode === null) return { exited: false };
        if (!stdout?.readableEnded) return { exited: false };
        return {
          exited: true,
          ...(exitCode === null ? { signal: 15 } : { exitcode: exitCode }),
          "out-data": Buffer.concat(child.out).toString("base64"),
          "err-data": Buffer.concat(child.err).toString("base64"),
        };
      }
      case "guest-file-open":
        return openSync(args.path ?? "", "r");
      case "guest-file-read": {
        const buffer = Buffer.alloc(args.count ?? 0);
        const count = readSync(args.handle ?? -1, buffer);
        return { count, "buf-b64": buffer.subarray(0, count).toString("base64"), eof: count < buffer.length };
      }
      case "guest-file-close":
        closeSync(args.handle ?? -1);
        return {};
      default:
        throw new LabError(`${execute} is not known`);
    }
  }

  /** The server's side: the agent is asked through virsh. */
  connection(): SshConnection {
    const run = async (command: string): Promise<string> => {
      const [, json = ""] = /qemu-agent-command --timeout \d+ \S+ '(.*)'$/s.exec(command) ?? [];
      const request = JSON.parse(json.replaceAll("'\\''", "'")) as Request;
      this.asked.push(request.execute);
      return JSON.stringify({ return: this.spoil(request, this.#answer(request)) });
    };
    return { converse: async () => playVirsh(run) } as unknown as SshConnection;
  }
}
