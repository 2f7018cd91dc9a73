import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Host, hostSchema } from "../../infra/config/hosts.ts";

/** The server that host.sh makes. @param folder where that has put the keys */
export function hostOf(folder: string): Host {
  const [type, key] = readFileSync(join(folder, "host.pub"), "utf8").trim().split(" ");
  return hostSchema.parse({
    ...{ address: "127.0.0.1", privateKeyFile: join(folder, "client"), hostKey: `${type} ${key}` },
    ...{ pfs: [{ name: "pf0", vfs: 0 }], domainType: "qemu" },
  });
}
