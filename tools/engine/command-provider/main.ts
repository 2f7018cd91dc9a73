/**
 * pulumi-resource-command: runs commands here and on servers as resources, over the protocol that @pulumi/pulumi
 * publishes. It exists because the official provider is served with Pulumi's downloads only. It keeps the inputs,
 * outputs and behaviour of @pulumi/command 1.2.1 (local.Command, remote.Command, local.run), so that a stack can go
 * from one to the other, and refuses by name what it does not have. It speaks gRPC itself: the SDK's provider library
 * would load the whole SDK, at each start, for a part of this file.
 */

import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import service from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type * as rpc from "@pulumi/pulumi/proto/provider_pb.js";
import protocol from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { endWithParent } from "../rpc/lifetime.ts";
import { engineAddress, serve, unary } from "../rpc/serve.ts";
import { pluginVersions } from "../versions.ts";
import { create, invoke, previewState, remove, update } from "./commands.ts";
import { diff } from "./diff.ts";
import { endCommands } from "./ending.ts";
import { EngineLog } from "./engine-log.ts";
import type { JsonObject } from "./envelopes.ts";
import { check, type Failure, localRunType, typeOf, withDefaults } from "./inputs.ts";

type Struct = InstanceType<typeof struct.Struct>;

// It is for this process, not for the commands.
delete process.env.NODE_COMPILE_CACHE;

const { command: version } = pluginVersions();
const log = new EngineLog();
log.attach(engineAddress(process.argv.slice(2)));

endWithParent(endCommands);

const toJson = (value: Struct | undefined) => (value?.toJavaScript() ?? {}) as JsonObject;
const toStruct = (value: JsonObject) => struct.Struct.fromJavaScript(value);
const toFailures = (failures: Failure[]) =>
  failures.map(({ property, reason }) => new protocol.CheckFailure().setProperty(property).setReason(reason));

/** An engine without old inputs gives the old state, which holds them. */
const oldInputs = (request: rpc.DiffRequest) => toJson(request.getOldInputs() ?? request.getOlds());

serve(service.ResourceProviderService, {
  handshake: unary((request: rpc.ProviderHandshakeRequest) => {
    log.attach(request.getEngineAddress());
    return new protocol.ProviderHandshakeResponse().setAcceptSecrets(true);
  }),
  attach: unary((request: InstanceType<typeof plugin.PluginAttach>) => {
    log.attach(request.getAddress());
    return new empty.Empty();
  }),
  getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(version)),
  getSchema: unary(() => new protocol.GetSchemaResponse().setSchema(JSON.stringify({ name: "command", version }))),
  configure: unary(() => new protocol.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true)),
  check: unary((request: rpc.CheckRequest) => {
    const type = typeOf(request.getUrn());
    const inputs = withDefaults(type, toJson(request.getNews()));
    return new protocol.CheckResponse().setInputs(toStruct(inputs)).setFailuresList(toFailures(check(type, inputs)));
  }),
  diff: unary((request: rpc.DiffRequest) => {
    const { changed, replaces } = diff(typeOf(request.getUrn()), oldInputs(request), toJson(request.getNews()));
    const { DIFF_SOME, DIFF_NONE } = protocol.DiffResponse.DiffChanges;
    return new protocol.DiffResponse()
      .setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE)
      .setDiffsList(changed)
      .setReplacesList(replaces);
  }),
  create: unary(async (request: rpc.CreateRequest) => {
    const urn = request.getUrn();
    const inputs = toJson(request.getProperties());
    if (request.getPreview()) return new protocol.CreateResponse().setProperties(toStruct(previewState(urn, inputs)));
    const { id, state } = await create(urn, inputs, log.for(urn)).finally(() => log.flushed());
    return new protocol.CreateResponse().setId(id).setProperties(toStruct(state));
  }),
  read: unary((request: rpc.ReadRequest) =>
    // What a command has done cannot be looked up.
    new protocol.ReadResponse()
      .setId(request.getId())
      .setProperties(request.getProperties())
      .setInputs(request.getInputs()),
  ),
  update: unary(async (request: rpc.UpdateRequest) => {
    const urn = request.getUrn();
    const news = toJson(request.getNews());
    if (request.getPreview()) return new protocol.UpdateResponse().setProperties(toStruct(previewState(urn, news)));
    const state = await update(urn, toJson(request.getOlds()), news, log.for(urn)).finally(() => log.flushed());
    return new protocol.UpdateResponse().setProperties(toStruct(state));
  }),
  delete: unary(async (request: rpc.DeleteRequest) => {
    const urn = request.getUrn();
    await remove(urn, toJson(request.getProperties()), log.for(urn)).finally(() => log.flushed());
    return new empty.Empty();
  }),
  invoke: unary(async (request: rpc.InvokeRequest) => {
    const args = toJson(request.getArgs());
    const failures = check(request.getTok(), args);
    const response = new protocol.InvokeResponse().setFailuresList(toFailures(failures));
    if (failures.length > 0) return response;
    return response.setReturn(toStruct(await invoke(localRunType, args, log.for("")).finally(() => log.flushed())));
  }),
  cancel: unary(async () => {
    await endCommands();
    return new empty.Empty();
  }),
});
