/** Servers and changes of them, and every wrong configuration that the tests try. */

const host = {
  address: "192.0.2.1",
  privateKeyFile: "/keys/id",
  hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB",
  pfs: [{ name: "ens1f0", vfs: 8 }],
};
export const inventory = {
  fidelity: "hardware",
  hosts: { sender: host, responder: { ...host, address: "192.0.2.2" } },
};
export const withHost = (change: object, role: "sender" | "responder" = "sender") => ({
  hosts: { ...inventory, hosts: { ...inventory.hosts, [role]: { ...inventory.hosts[role], ...change } } },
});
const withoutHostKey = (key: keyof typeof host) => {
  const { [key]: _, ...rest } = host;
  return { hosts: { ...inventory, hosts: { ...inventory.hosts, sender: rest } } };
};

/** A wrong configuration, and what its message must name: the key, the value, and what is allowed. */
export const wrong: [string, Record<string, unknown>, string[]][] = [
  [
    "unknown driver",
    { mainDriver: "e1001" },
    ["mainDriver", '"e1001"', "virtio-bridge", "macvtap-passthrough", "pci-passthrough"],
  ],
  [
    "unknown driver at one end",
    { mainDriver: { sender: "virtio-bridge", responder: "sriov" } },
    ["mainDriver.responder", '"sriov"', "pci-passthrough"],
  ],
  [
    "driver of one end only",
    { mainDriver: { sender: "virtio-bridge" } },
    ["mainDriver.responder", "missing", "virtio-bridge"],
  ],
  [
    "unknown end",
    { mainDriver: { sender: "virtio-bridge", responder: "virtio-bridge", third: "x" } },
    ["mainDriver.third", '"x"', "sender, responder"],
  ],
  ["driver as a number", { mainDriver: 7 }, ["mainDriver", "7", "virtio-bridge"]],
  ["no runs", { runs: 0 }, ["runs", "0", "at least 1"]],
  ["negative runs", { runs: -3 }, ["runs", "-3", "at least 1"]],
  ["half a run", { runs: 1.5 }, ["runs", "1.5", "a whole number"]],
  ["runs as a word", { runs: "ten" }, ["runs", '"ten"', "number"]],
  ["too many runs", { runs: 1001 }, ["runs", "1001", "at most 1000"]],
  ["no replicate", { replicate: 0 }, ["replicate", "0", "at least 1"]],
  [
    "unknown kind of order",
    { order: { kind: "fast", seed: 1, block: 1, position: 1, positions: 1 } },
    ["order.kind", '"fast"', "random, cheapest, paper"],
  ],
  [
    "unknown key of an order",
    { order: { kind: "random", seed: 1, block: 1, position: 1, positions: 1, place: 2 } },
    ["order.place", "2", "known keys here: kind, seed, block, position, positions"],
  ],
  ["no packets", { packets: 0 }, ["packets", "0", "at least 1"]],
  ["more packets than sequence numbers", { packets: 65536 }, ["packets", "65536", "at most 65535"]],
  ["frame below Ethernet's minimum", { frameBytes: 63 }, ["frameBytes", "63", "at least 64"]],
  ["frame above Ethernet's maximum", { frameBytes: 9000 }, ["frameBytes", "9000", "at most 1518"]],
  ["another ping rate", { pingRatePps: 500 }, ["pingRatePps", "500", "1000", "1000000"]],
  ["ping rate as a word", { pingRatePps: "1 kpps" }, ["pingRatePps", '"1 kpps"', "1000"]],
  ["another neighbour", { neighbour: "static" }, ["neighbour", '"static"', "permanent", "dynamic"]],
  ["another location", { loadLocation: "middle" }, ["loadLocation", '"middle"', "sender", "responder", "both"]],
  ["another load", { loadType: "disk" }, ["loadType", '"disk"', "none", "cpu", "network"]],
  ["more background VMs than the study's most", { backgroundVms: 129 }, ["backgroundVms", "129", "at most 128"]],
  ["fewer than no background VMs", { backgroundVms: -1 }, ["backgroundVms", "-1", "at least 0"]],
  ["unknown background driver", { backgroundDriver: "tap" }, ["backgroundDriver", '"tap"', "virtio-bridge"]],
  [
    "background driver of one end",
    { backgroundDriver: { sender: "e1000-bridge" } },
    ["backgroundDriver.responder", "missing"],
  ],
  ["no CPU load", { cpuLoadPercent: 0 }, ["cpuLoadPercent", "0", "at least 1"]],
  ["more than all of the CPU", { cpuLoadPercent: 101 }, ["cpuLoadPercent", "101", "at most 100"]],
  ["network load that sends nothing", { networkLoadMbps: 0 }, ["networkLoadMbps", "0", "at least 0.01"]],
  ["packets above the MTU", { networkLoadPacketBytes: 1473 }, ["networkLoadPacketBytes", "1473", "at most 1472"]],
  ["empty bursts", { networkLoadBurstPackets: 0 }, ["networkLoadBurstPackets", "0", "at least 1"]],
  ["VLAN above the standard's", { mainVlan: 4095 }, ["mainVlan", "4095", "at most 4094"]],
  ["too little memory for stress-ng", { backgroundMemoryMiB: 96 }, ["backgroundMemoryMiB", "96", "at least 160"]],
  ["nobody starts", { parallelStarts: 0 }, ["parallelStarts", "0", "at least 1"]],
  ["no time to be ready", { readyWithinSeconds: 1 }, ["readyWithinSeconds", "1", "at least 10"]],
  [
    "more VMs than VFs",
    { backgroundVms: 9, backgroundDriver: "pci-passthrough" },
    ["backgroundVms", "9", "pci-passthrough", "need 9 VFs", "gives 8", "at most 8"],
  ],
  [
    "more VMs than VFs with the Main VM on one",
    { mainDriver: "macvtap-passthrough", backgroundVms: 8, backgroundDriver: "macvtap-vepa" },
    ["backgroundVms", "8", "need 9 VFs", "gives 8", "at most 7"],
  ],
  [
    "Main VM on a VF where there is none",
    { ...withHost({ pfs: [{ name: "p", vfs: 0 }] }), mainDriver: "pci-passthrough" },
    ["mainDriver", "pci-passthrough", "hosts.sender.pfs", "gives none"],
  ],
  [
    "more VFs than the PF can have",
    withHost({ pfs: [{ name: "p", vfs: 9, totalVfs: 8 }] }),
    ["hosts.sender.pfs.0.vfs", "9", "at most 8"],
  ],
  [
    "more memory than the server has",
    { ...withHost({ memoryMiB: 4096 }), backgroundVms: 32 },
    ["backgroundVms", "32", "4096", "at most 13"],
  ],
  [
    "a Main VM larger than its server",
    { ...withHost({ memoryMiB: 1024 }), guestMemoryMiB: 2048 },
    ["guestMemoryMiB", "2048", "at most 448"],
  ],
  ["more virtual CPUs than CPUs", { ...withHost({ cpus: 2 }), guestCpus: 4 }, ["guestCpus", "4", "at most 2"]],
  [
    "the same of background VMs",
    { ...withHost({ cpus: 2 }), backgroundCpus: 4, backgroundVms: 1 },
    ["backgroundCpus", "4", "at most 2"],
  ],
  ["a VLAN on the bridge", { mainVlan: 5 }, ["mainVlan", "5", "virtio-bridge", "allowed: 0"]],
  [
    "network load between ports that no cable joins",
    {
      ...withHost({
        pfs: [
          { name: "a", vfs: 2 },
          { name: "b", vfs: 8 },
        ],
      }),
      backgroundVms: 4,
      backgroundDriver: "pci-passthrough",
      loadType: "network",
    },
    ["hosts.responder.pfs", "background VM 2", "no cable"],
  ],
  [
    "Main VMs on ports that no cable joins",
    {
      ...withHost({
        pfs: [
          { name: "a", vfs: 0 },
          { name: "b", vfs: 8 },
        ],
      }),
      mainDriver: { sender: "pci-passthrough", responder: "virtio-bridge" },
    },
    ["hosts.responder.pfs", "the Main VM", "no cable"],
  ],
  [
    "bursts too far apart to be seen",
    { backgroundVms: 1, loadType: "network", networkLoadMbps: 0.1, networkLoadBurstPackets: 1000 },
    ["networkLoadBurstPackets", "1000", "every 112.0 s", "at most 8 packets"],
  ],
  ["no window", { cpuWindowSeconds: 0 }, ["cpuWindowSeconds", "0", "at least 1"]],
  ["endless window", { cpuWindowSeconds: 601 }, ["cpuWindowSeconds", "601", "at most 600"]],
  ["too little memory", { guestMemoryMiB: 16 }, ["guestMemoryMiB", "16", "at least 96"]],
  ["no CPU", { guestCpus: 0 }, ["guestCpus", "0", "at least 1"]],
  ["CPU as a list", { guestCpus: [1] }, ["guestCpus", "[1]", "number"]],
  ["unknown key", { backgrounds: 8 }, ["backgrounds", "8", "no such key", "mainDriver", "runs"]],
  ["key with another case", { maindriver: "virtio-bridge" }, ["maindriver", "no such key", "mainDriver"]],
  ["hosts as a number", { hosts: 3 }, ["hosts", "3", "string"]],
  ["missing inventory", { hosts: "no/such.json" }, ["hosts", "no/such.json", "does not exist", "./lab hosts up"]],
  ["empty inventory", { hosts: {} }, ["hosts.fidelity", "missing", "hardware", "emulated"]],
  [
    "unknown fidelity",
    { hosts: { ...inventory, fidelity: "real" } },
    ["hosts.fidelity", '"real"', "hardware", "emulated"],
  ],
  [
    "instructions that are counted on no clock",
    { hosts: { ...inventory, fidelity: "emulated-virtual" } },
    ["hosts.clock", "missing", "a clock where fidelity is emulated-virtual"],
  ],
  [
    "a clock of servers that have their own",
    {
      hosts: {
        ...inventory,
        clock: { kind: "virtual", sockets: { sender: "/s", responder: "/r" }, nsPerInstruction: 1, wireLatencyNs: 1 },
      },
    },
    ["hosts.clock", "none where it is not"],
  ],
  [
    "unknown key of the inventory",
    { hosts: { ...inventory, extra: 1 } },
    ["hosts.extra", "1", "no such key", "fidelity"],
  ],
  ["one server only", { hosts: { ...inventory, hosts: { sender: host } } }, ["hosts.hosts.responder", "missing"]],
  [
    "a third server",
    { hosts: { ...inventory, hosts: { ...inventory.hosts, third: host } } },
    ["hosts.hosts.third", "no such key", "sender, responder"],
  ],
  ["missing host key", withoutHostKey("hostKey"), ["hosts.hosts.sender.hostKey", "missing"]],
  ["host key that is none", withHost({ hostKey: "abc" }), ["hosts.hosts.sender.hostKey", '"abc"', "ssh-ed25519"]],
  [
    "host key with a comment",
    withHost({ hostKey: `${host.hostKey} root@server` }),
    ["hosts.hosts.sender.hostKey", "no comment"],
  ],
  ["missing address", withoutHostKey("address"), ["hosts.hosts.sender.address", "missing"]],
  ["empty address", withHost({ address: "" }), ["hosts.hosts.sender.address", '""', "not empty"]],
  ["port 0", withHost({ port: 0 }), ["hosts.hosts.sender.port", "0", "at least 1"]],
  ["port too high", withHost({ port: 70000 }), ["hosts.hosts.sender.port", "70000", "at most 65535"]],
  ["relative key file", withHost({ privateKeyFile: "id" }), ["hosts.hosts.sender.privateKeyFile", '"id"', "absolute"]],
  ["empty key file", withHost({ privateKeyFile: "" }), ["hosts.hosts.sender.privateKeyFile", '""', "absolute"]],
  ["IPv6 in brackets", withHost({ address: "[::1]" }), ["hosts.hosts.sender.address", '"[::1]"', "without brackets"]],
  [
    "address with a port",
    withHost({ address: "server:22" }),
    ["hosts.hosts.sender.address", '"server:22"', "host name"],
  ],
  [
    "address with a user",
    withHost({ address: "me@server" }),
    ["hosts.hosts.sender.address", '"me@server"', "host name"],
  ],
  ["address that is half a one", withHost({ address: "10.0.0" }), ["hosts.hosts.sender.address", '"10.0.0"', "IPv4"]],
  ["user of two lines", withHost({ user: "root\n" }), ["hosts.hosts.sender.user", '"root\\n"', "line breaks"]],
  [
    "jump host without a host key",
    withHost({ jump: { address: "gate" } }),
    ["hosts.hosts.sender.jump.hostKey", "missing"],
  ],
  [
    "jump host with a jump host",
    withHost({ jump: { address: "gate", hostKey: host.hostKey, jump: {} } }),
    ["hosts.hosts.sender.jump.jump", "no such key", "address, port, user, privateKeyFile, hostKey"],
  ],
  ["jump host as a name", withHost({ jump: "gate" }), ["hosts.hosts.sender.jump", '"gate"', "an object"]],
  ["no PF", withHost({ pfs: [] }), ["hosts.hosts.sender.pfs", "[]", "at least one"]],
  ["missing PF", withoutHostKey("pfs"), ["hosts.hosts.sender.pfs", "missing"]],
  [
    "PF with a bad name",
    withHost({ pfs: [{ name: "a b", vfs: 1 }] }),
    ["hosts.hosts.sender.pfs.0.name", '"a b"', "1 to 15"],
  ],
  ["negative VFs", withHost({ pfs: [{ name: "p", vfs: -1 }] }), ["hosts.hosts.sender.pfs.0.vfs", "-1", "at least 0"]],
  [
    "too many VFs",
    withHost({ pfs: [{ name: "p", vfs: 999 }] }),
    ["hosts.hosts.sender.pfs.0.vfs", "999", "at most 256"],
  ],
  [
    "one PF twice",
    withHost({
      pfs: [
        { name: "p", vfs: 1 },
        { name: "p", vfs: 1 },
      ],
    }),
    ["hosts.hosts.sender.pfs", "different names"],
  ],
  [
    "unknown kind of virtualisation",
    withHost({ domainType: "xen" }),
    ["hosts.hosts.sender.domainType", '"xen"', "kvm", "qemu"],
  ],
  ["no CPU at all", withHost({ cpus: 0 }), ["hosts.hosts.sender.cpus", "0", "at least 1"]],
  [
    "unknown key of a PF",
    withHost({ pfs: [{ name: "p", vfs: 1, mtu: 9000 }] }),
    ["hosts.hosts.sender.pfs.0.mtu", "9000", "no such key"],
  ],
  [
    "unknown key of a server",
    withHost({ password: "x" }),
    ["hosts.hosts.sender.password", "no such key", "privateKeyFile"],
  ],
  [
    "one server twice",
    withHost({ address: "192.0.2.1" }, "responder"),
    ["hosts.responder.address", "192.0.2.1", "another server"],
  ],
  ["no guest image", { guestImage: "" }, ["guestImage", '""', "not empty"]],
  ["no results directory", { resultsDirectory: "" }, ["resultsDirectory", '""', "not empty"]],
];
