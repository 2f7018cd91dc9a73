import { spawn } from "node:child_process";
import * as grpc from "@grpc/grpc-js";
import type * as rpc from "@pulumi/pulumi/proto/language_pb.js";
import protocol from "@pulumi/pulumi/proto/language_pb.js";
import { messageOf } from "../../../lib/errors.ts";
import { parseOptions } from "./options.ts";

/** Answers `pulumi install`: runs the package manager where the program is, and streams what it says. */
export function installDependencies(
  call: grpc.ServerWritableStream<rpc.InstallDependenciesRequest, rpc.InstallDependenciesResponse>,
): void {
  const fail = (details: string) => call.emit("error", { code: grpc.status.UNKNOWN, details });
  const info = call.request.getInfo();
  let manager = "npm";
  try {
    const { packagemanager } = parseOptions(info?.getOptions()?.toJavaScript() ?? {});
    if (packagemanager !== "auto") manager = packagemanager;
  } catch (error) {
    fail(messageOf(error));
    return;
  }
  const child = spawn(manager, ["install", ...(manager === "npm" ? ["--loglevel=error"] : [])], {
    cwd: info?.getProgramDirectory() || call.request.getDirectory(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.on("data", (data: Buffer) => call.write(new protocol.InstallDependenciesResponse().setStdout(data)));
  child.stderr.on("data", (data: Buffer) => call.write(new protocol.InstallDependenciesResponse().setStderr(data)));
  child.once("error", (error) => fail(`${manager} install: ${error.message}`));
  child.once("close", (code) => (code === 0 ? call.end() : fail(`${manager} install: exit status ${code}`)));
}
