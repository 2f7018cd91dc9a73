import type { EndpointId } from "../../../lib/endpoints/kinds.ts";
import type { Role } from "../../../lib/roles.ts";
import type { Host } from "../../config/hosts.ts";
import type { DomainSpec } from "../domain-xml.ts";
import type { PlacedMember, PlaceFields } from "../placed-member.ts";
import type { Port } from "../ports/port.ts";

/** What the parts of an endpoint depend on of its server. */
export interface HostOfEndpoint {
  role: Role;
  host: Pick<Host, "domainType">;
  /** Where it has the guests' kernel. */
  kernel: string;
}

/** What an endpoint is made of. */
export interface EndpointParts {
  /** Of a VM, its definition, but for the token, which depends on its place. */
  definition: Omit<DomainSpec, "token"> | null;
  /** What the server is told of its place beside what is told of any. */
  place: PlaceFields;
}

/** How a kind of endpoint is declared, and what it asks of its server. How one is spoken with stands in lib/endpoints/. */
export interface DeclaredKind<OfPort extends Port = Port, Id extends EndpointId = EndpointId> {
  id: Id;
  /** Whether its server gives it memory and virtual CPUs of its own, which a configuration numbers. */
  hasOwnMachine: boolean;
  /** Whether it is a network namespace of its server, by its name. */
  isNamespace: boolean;
  /** Whether probes run its server's programs, and not those of an image. */
  runsServersPrograms: boolean;
  /** @param stack whose it is */
  partsOf(server: HostOfEndpoint, stack: string, port: OfPort, placed: PlacedMember): EndpointParts;
}
