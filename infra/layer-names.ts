import type { EndpointId } from "../lib/endpoints/kinds.ts";

/** What layers of a server are called in its marks, whose proofs are in infra/scripts/proof.sh. */
export const layerNames = {
  nic: (pf: string) => `nic-${pf}`,
  bridge: (bridge: string) => `bridge-${bridge}`,
  endpoint: (kind: EndpointId, name: string) => `${kind}-${name}`,
};
