import { missing, ok, type ServerCheck } from "../check.ts";
import { giveWords } from "../hosts-source.ts";

/**
 * What `up` refuses because it is somebody's (infra/scripts/in-use.sh). Nobody is advised to take it from whoever uses it: another
 * port is, or whoever has made the bridge or the VM ends it himself.
 */
export const use: ServerCheck = ({ role, host, lease, inUse }) => {
  if (typeof lease === "object" && "unknown" in lease) return []; // it was asked together with the lease, whose line says why
  const found = inUse.map(({ port, what }) => {
    const index = host.pfs.findIndex(({ name }) => name === port);
    const mend = index < 0 ? undefined : giveWords(role, `pfs.${index}.name`, "a port that nobody uses");
    return missing("use by others", what, mend);
  });
  return found.length > 0 ? found : [ok("use by others", "none: nothing would be taken from anybody")];
};
