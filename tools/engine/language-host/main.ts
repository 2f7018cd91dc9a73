/**
 * pulumi-language-nodejs: runs Node.js programs for the Pulumi engine, over the protocol that @pulumi/pulumi publishes.
 * It exists because the official host is served with Pulumi's downloads only. It is no more than the official one: it
 * starts the same runner with the same arguments and honours the same options. No code generation, no plugin programs.
 */

import service from "@pulumi/pulumi/proto/language_grpc_pb.js";
import type * as rpc from "@pulumi/pulumi/proto/language_pb.js";
import protocol from "@pulumi/pulumi/proto/language_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { endWithParent } from "../rpc/lifetime.ts";
import { engineAddress, serve, unary } from "../rpc/serve.ts";
import { sdkVersion } from "../versions.ts";
import { installDependencies } from "./install.ts";
import { programDependencies, requiredPlugins } from "./packages.ts";
import { ProgramRunner } from "./program.ts";

const args = process.argv.slice(2);
let engine = engineAddress(args);
const tracingFlag = args.findIndex((argument) => /^--?tracing$/.test(argument));
const tracing = tracingFlag < 0 ? "" : (args[tracingFlag + 1] ?? "");

const programs = new ProgramRunner();
endWithParent(() => programs.kill());

function programInfo(request: { getInfo(): rpc.ProgramInfo | undefined }): rpc.ProgramInfo {
  return request.getInfo() ?? new protocol.ProgramInfo();
}

function requiredPackages(request: rpc.GetRequiredPackagesRequest): rpc.GetRequiredPackagesResponse {
  const response = new protocol.GetRequiredPackagesResponse();
  for (const item of requiredPlugins(programInfo(request).getProgramDirectory())) {
    const dependency = new plugin.PackageDependency()
      .setKind("resource")
      .setName(item.name)
      .setVersion(item.version)
      .setServer(item.server);
    if (item.parameterization) {
      const { name, version, value } = item.parameterization;
      dependency.setParameterization(
        new plugin.PackageParameterization().setName(name).setVersion(version).setValue(value),
      );
    }
    response.addPackages(dependency);
  }
  return response;
}

async function run(request: rpc.RunRequest): Promise<rpc.RunResponse> {
  if (request.getAttachDebugger())
    return new protocol.RunResponse().setError(
      "--attach-debugger is not supported by this language host: debug with runtime.options.nodeargs: --inspect-brk",
    );
  const info = programInfo(request);
  const { error, bail } = await programs.run({
    rootDirectory: info.getRootDirectory(),
    programDirectory: info.getProgramDirectory(),
    entryPoint: info.getEntryPoint(),
    options: info.getOptions()?.toJavaScript() ?? {},
    monitor: request.getMonitorAddress(),
    engine,
    organization: request.getOrganization(),
    project: request.getProject(),
    stack: request.getStack(),
    parallel: request.getParallel(),
    dryRun: request.getDryrun(),
    tracing,
    args: request.getArgsList(),
    config: request.getConfigMap().toArray(),
    secretKeys: request.getConfigsecretkeysList(),
  });
  return new protocol.RunResponse().setError(error).setBail(bail);
}

serve(service.LanguageRuntimeService, {
  handshake: unary((request: rpc.LanguageHandshakeRequest) => {
    engine = request.getEngineAddress();
    return new protocol.LanguageHandshakeResponse();
  }),
  getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(sdkVersion())),
  about: unary(() => new protocol.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
  getRequiredPackages: unary(requiredPackages),
  getProgramDependencies: unary((request: rpc.GetProgramDependenciesRequest) => {
    const response = new protocol.GetProgramDependenciesResponse();
    const directory = programInfo(request).getProgramDirectory();
    for (const { name, version } of programDependencies(directory, request.getTransitivedependencies()))
      response.addDependencies(new protocol.DependencyInfo().setName(name).setVersion(version));
    return response;
  }),
  run: unary(run),
  runtimeOptionsPrompts: unary(() => new protocol.RuntimeOptionsResponse()),
  template: unary(() => new protocol.TemplateResponse()),
  installDependencies,
  cancel: unary(() => {
    programs.cancel();
    return new empty.Empty();
  }),
});
