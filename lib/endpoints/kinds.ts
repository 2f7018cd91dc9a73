import type { SshConnection } from "../ssh/connect.ts";
import type { CountedKind, Endpoint, EndpointKind } from "./endpoint.ts";
import { libvirtVm } from "./libvirt-vm.ts";
import { serverItself } from "./server-itself.ts";

/** The kinds that background VMs may be of. */
export const countedKinds = { vm: libvirtVm } as const satisfies Readonly<Record<string, CountedKind>>;
export type CountedId = keyof typeof countedKinds;
export const countedIds = Object.keys(countedKinds) as [CountedId, ...CountedId[]];

/** The kinds of endpoints, by the word for each in what the program hands to those who use them. */
const endpointKinds = { ...countedKinds, host: serverItself } as const satisfies Readonly<Record<string, EndpointKind>>;
export type EndpointId = keyof typeof endpointKinds;
export const endpointIds = Object.keys(endpointKinds) as [EndpointId, ...EndpointId[]];

/** An endpoint on the server that a connection leads to. */
export const endpointOn = (ssh: SshConnection, kind: EndpointId, name: string): Endpoint =>
  endpointKinds[kind].open(ssh, name);
