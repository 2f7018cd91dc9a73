import type { Endpoint } from "../../lib/endpoints/endpoint.ts";
import { endpointOn } from "../../lib/endpoints/kinds.ts";
import type { SshConnection } from "../../lib/ssh/connect.ts";
import type { End } from "./spec.ts";

/** The Main endpoint of an end, on its server. */
export const mainEndpoint = (ssh: SshConnection, { main }: Pick<End, "main">): Endpoint =>
  endpointOn(ssh, main.endpoint, main.name);
