import { describe, expect, it } from "vitest";
import { serverScript } from "../../../infra/server-script.ts";
import { inNamespace } from "../../support/namespace.ts";

/** The place of the server itself on a real kernel, which has one end of a pair of interfaces in place of a VF: what is a VF's is left out. */
const place = `${serverScript("common.sh")}
${serverScript("places.sh")}
finish_vf() { :; }
release_vf() { echo "given back: $(ls /sys/class/net | grep rtt0v0)"; }
vf_path() { echo /nowhere; }
vf_in_namespace() { ip netns exec "$1" ls /sys/class/net | grep rtt0v0; }
name=rtt-main pf=pf0 vf=0 netdev=rtt0v0 ip=10.9.1.1 prefix=16 settings= neighbours=10.9.2.1,52:54:00:9a:02:00
mkdir -p "$RUN"
ip link add rtt0v0 address 52:54:00:9a:01:00 type veth peer name wire
ip link set wire up
inside() { ip netns exec rtt-main "$@"; }
`;
const on = (script: string) => inNamespace(`${place}\n${script}`);

describe("on a real kernel, the namespace of the server itself", () => {
  it("has the interface with its address, a neighbour, a link and no IPv6, and says whose it is", async () => {
    const said = await on(`finish_netns
namespace_is_ours rtt-main && echo ours
ls /sys/class/net | grep -c rtt0v0 || :
inside ip -o -4 addr show dev rtt0v0 | awk '{ print $4 }'
inside ip neigh show | sed 's/ *$//'
inside sh -c 'ip -o -6 addr | wc -l'
SECONDS_LIMIT=5 deadline=$(($(date +%s) + 5)) rx_usecs=
${serverScript("ready-host.sh")}
in_time() { [ "$(date +%s)" -lt "$deadline" ]; }
hold_back_none() { :; }
ready_host && echo ready`);
    expect(said.split("\n")).toEqual([
      "ours",
      "0",
      "10.9.1.1/16",
      "10.9.2.1 dev rtt0v0 lladdr 52:54:00:9a:02:00 PERMANENT",
      "0",
      "ready",
    ]);
  });

  it("is removed with what a call of ours runs in it, and gives its interface back", async () => {
    const said = await on(`finish_netns
LAB_CALL=lab-1 ip netns exec rtt-main sleep 600 &
until [ -n "$(ip netns pids rtt-main)" ]; do sleep 0.1; done
release_netns
ls /run/netns "$RUN" | grep -v :`);
    expect(said.split("\n").filter(Boolean)).toEqual(["given back: rtt0v0"]);
  });

  it("stays while a process of somebody else's is in it, which is named", async () => {
    const said = await on(`finish_netns
ip netns exec rtt-main sleep 600 &
theirs=$!
until [ -n "$(ip netns pids rtt-main)" ]; do sleep 0.1; done
(release_netns) 2>&1 && echo removed || echo kept
kill $theirs; wait $theirs || :
release_netns`);
    expect(said.split("\n")).toEqual([
      expect.stringMatching(/rtt-main cannot be removed: in its network namespace runs the process sleep \(\d+\)/),
      "kept",
      "given back: rtt0v0",
    ]);
  });

  it("stays while an interface of somebody else's is in it, which is named", async () => {
    const said = await on(`finish_netns
ip link add other type veth peer name another; ip link set other netns rtt-main
(release_netns) 2>&1 && echo removed || echo kept
inside ls /sys/class/net | grep -c other
ip -n rtt-main link del other
release_netns`);
    expect(said.split("\n")).toEqual([
      expect.stringMatching(
        /rtt-main cannot be removed: in its network namespace is other, which this testbed has not made/,
      ),
      "kept",
      "1",
      "given back: rtt0v0",
    ]);
  });

  it("is no other of its name, nor a file that is none", async () => {
    const said = await on(`ip netns add rtt-main
namespaces_in_use rtt-main
ip netns del rtt-main
: > /run/netns/rtt-main
namespaces_in_use rtt-main
finish_netns; namespace_is_ours rtt-main && echo ours
ip netns del rtt-main; ip netns add rtt-main
namespaces_in_use rtt-main`);
    const theirs = "namespace there is a network namespace rtt-main which this testbed has not made (ip netns list)";
    expect(said.split("\n")).toEqual([theirs, "ours", theirs]);
  });
});
