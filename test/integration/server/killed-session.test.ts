import { describe, expect, it } from "vitest";
import { textOf } from "../../support/documents.ts";
import { inNamespace } from "./namespace.ts";

/** Shell text: what of mpstat there is in this network namespace, once it has ended or about 10 s have passed. */
const left = `me=$(readlink /proc/self/ns/net); seen=100 tries=70
samplers() { for c in $(grep -lxs mpstat /proc/[0-9]*/comm); do p=\${c%/comm}; [ "$(readlink $p/ns/net)" != "$me" ] || echo "\${p#/proc/}"; done; }
until [ -n "$(samplers)" ] || [ $seen = 0 ]; do seen=$((seen - 1)); sleep 0.1; done`;
const ended = `while [ -n "$(samplers)" ] && [ $tries -gt 0 ]; do tries=$((tries - 1)); sleep 0.1; done
for p in $(samplers); do echo "mpstat is left"; kill -9 $p; done`;

/** A session that samples; \`$s\` is its process, and its input stays open. */
const sampling = (limit: number) => `mkfifo /run/in; exec 8<> /run/in
cat > /run/s.sh <<'LAB-SCRIPT'
CAPTURES= FILTER= SNAP_BYTES= SECONDS_LIMIT=${limit}
${textOf("measure/probe/scripts/session.sh")}
LAB-SCRIPT
sh /run/s.sh < /run/in > /run/out 8>&- & s=$!
echo mpstat >&8; until grep -q sampling /run/out; do sleep 0.1; done
${left}`;

describe("a session of a run leaves nothing running", () => {
  it("when it is killed", async () => {
    expect(await inNamespace(`${sampling(600)}\nkill -9 $s\n${ended}`)).toBe("");
  });

  it("when its time is over and nobody has told it anything: the other machine is off, and its connection stands", async () => {
    expect(await inNamespace(`${sampling(4)}\n${ended}\nkill -9 $s`)).toBe("");
  });
});
