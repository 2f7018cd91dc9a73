import type { SshConnection } from "../ssh/connect.ts";
import type { Endpoint, EndpointKind } from "./endpoint.ts";
import { libvirtVm } from "./libvirt-vm.ts";

/** The kinds of endpoints, by the word for each in what the program hands to those who use them. */
export const endpointKinds = { vm: libvirtVm } as const satisfies Readonly<Record<string, EndpointKind>>;
export type EndpointId = keyof typeof endpointKinds;
export const endpointIds = Object.keys(endpointKinds) as [EndpointId, ...EndpointId[]];

/** An endpoint on the server that a connection leads to. */
export const endpointOn = (ssh: SshConnection, kind: EndpointId, name: string): Endpoint =>
  endpointKinds[kind].open(ssh, name);
