/** Servers and changes of them, and every wrong description of servers that the tests try. */

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
export type WrongConfig = [what: string, config: Record<string, unknown>, named: string[]];

export const wrongHosts: WrongConfig[] = [
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
];
