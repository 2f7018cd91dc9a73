import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { shellScript } from "../../../infra/layer.ts";

/** virsh whose domains are files: their content is the state. `VIRSH_FAILS` makes it fail, as when libvirtd is dead. */
const virsh = `#!/bin/sh
[ -z "$VIRSH_FAILS" ] || { echo "failed to connect to the hypervisor" >&2; exit 1; }
cd "$FAKE/domains"
[ "$1" != -q ] || shift
case "$1 $2 $3" in
  "list --all --name") ls ;;
  "list --all ") for d in *; do [ ! -f "$d" ] || echo " - $d $(cat "$d")"; done ;;
  *) echo "$1" | tr ';' '\\n' | while read -r word a b; do
       echo "virsh $word $a $b" >> "$FAKE/log"
       case $word in
         destroy) echo "shut off" > "$a" ;;
         undefine) [ -e "$FAKE/undying" ] || rm "$b" ;;
       esac
     done ;;
esac
`;
/** Commands that only say what they were asked. */
const recorder = '#!/bin/sh\necho "$(basename "$0") $*" >> "$FAKE/log"\n';

/** A server's shell with commands that stand in for those that would change a real one. */
export class FakeServer {
  readonly folder = mkdtempSync(join(tmpdir(), "lab-fake-"));

  constructor() {
    for (const name of ["bin", "domains", "run", "sys", "log.d"]) mkdirSync(join(this.folder, name));
    this.#command("virsh", virsh);
    for (const name of ["ip", "bridge", "udevadm"]) this.#command(name, recorder);
  }

  #command(name: string, text: string): void {
    const path = join(this.folder, "bin", name);
    writeFileSync(path, text);
    chmodSync(path, 0o755);
  }

  /** Runs a script of infra/scripts there. @param shell sh (dash on Debian) or bash */
  async run(file: string, variables: Record<string, string>, shell = "sh", env: Record<string, string> = {}) {
    const text = shellScript(file, variables)
      .replace("RUN=/run/sriov-rtt", `RUN=${this.folder}/run`)
      .replace("PATH=/usr/local/sbin", `PATH=${this.folder}/bin:/usr/local/sbin`)
      .replaceAll("/sys/class/net", `${this.folder}/sys`)
      .replaceAll("/var/log/libvirt/qemu", `${this.folder}/log.d`);
    return execa(shell, ["-c", text], {
      reject: false,
      env: { FAKE: this.folder, VIRSH_FAILS: "", ...env },
      timeout: 60_000,
    });
  }

  /** What the commands were asked since the last call. */
  log(): string[] {
    const file = join(this.folder, "log");
    try {
      return readFileSync(file, "utf8").split("\n").filter(Boolean);
    } catch {
      return [];
    } finally {
      rmSync(file, { force: true });
    }
  }

  domain(name: string, state: string): void {
    writeFileSync(join(this.folder, "domains", name), `${state}\n`);
  }

  readonly domains = () => readdirSync(join(this.folder, "domains")).sort();
  readonly slots = () => readdirSync(join(this.folder, "run", "slots")).sort();
  readonly marks = () =>
    readdirSync(join(this.folder, "run"))
      .filter((name) => !["slots", "lock"].includes(name))
      .sort();
  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
