import { around, type Claim, half, margins, type Where } from "./rules.ts";

const connection = ["none", "bridge"] as const;
const networkAtResponder = { load: "network", location: "responder" } as const;
const fast = 1_000_000;

/** Claims on RTT, overhead and response time where background VMs are on a bridge (4.1 to 4.3). */
export const latencyClaims: readonly Claim[] = [
  {
    id: "C1",
    section: "4.1",
    claim: "VirtIO bridge has a lower median RTT than E1000 at every number of background VMs",
    rules: [
      {
        kind: "below",
        eachNumberOfVms: true,
        measure: "rtt",
        first: "Bridge",
        second: "E1000",
        where: { settings: connection },
      },
    ],
  },
  {
    id: "C2",
    section: "4.1",
    claim: "CPU load at the Sender raises both median and spread of RTT (0.1 to 0.9 ms median, 0 to 128 VMs)",
    reading: "the median's two numbers are taken for Bridge",
    rules: [
      { kind: "rises", measure: "rtt", arm: "E1000", where: { load: "cpu", location: "sender" } },
      { kind: "rises", measure: "rttSpread", arm: "E1000", where: { load: "cpu", location: "sender" } },
      { kind: "rises", measure: "rtt", arm: "Bridge", where: { load: "cpu", location: "sender" } },
      { kind: "rises", measure: "rttSpread", arm: "Bridge", where: { load: "cpu", location: "sender" } },
      { kind: "within", measure: "rtt", arm: "Bridge", where: { load: "none" }, ...around(0.1) },
      {
        kind: "within",
        measure: "rtt",
        arm: "Bridge",
        where: { settings: connection, load: "cpu", location: "sender", vms: { is: 128 } },
        ...around(0.9),
      },
    ],
  },
  {
    id: "C3",
    section: "4.1",
    claim: "ping frequency does not move the median RTT",
    rules: [
      {
        kind: "sameAtBothRates",
        measure: "rtt",
        arms: ["E1000", "Bridge"],
        where: { settings: connection },
        margin: margins.time,
      },
    ],
  },
  {
    id: "C4",
    section: "4.1",
    claim: "VirtIO about halves the response time of E1000",
    rules: [
      { kind: "below", measure: "responseTime", first: "Bridge", second: "E1000", where: { settings: connection } },
      {
        kind: "ratio",
        measure: "responseTime",
        first: "Bridge",
        second: "E1000",
        where: { settings: connection },
        ...half,
      },
    ],
  },
  {
    id: "C5",
    section: "4.2",
    claim: "MacVTap about halves Bridge's RTT, CPU load at Sender, 64 VMs (0.45 vs 0.98 ms)",
    rules: ((where: Where) => [
      { kind: "below", measure: "rtt", first: "MacVTap", second: "Bridge", where } as const,
      { kind: "ratio", measure: "rtt", first: "MacVTap", second: "Bridge", where, ...half } as const,
      { kind: "within", measure: "rtt", arm: "MacVTap", where, ...around(0.45) } as const,
      { kind: "within", measure: "rtt", arm: "Bridge", where, ...around(0.98) } as const,
    ])({ settings: connection, load: "cpu", location: "sender", vms: { is: 64 } }),
  },
  {
    id: "C6",
    section: "4.2",
    claim: "RTT overhead of MacVTap is below Bridge's, except network load at the Responder with 128 VMs",
    reading: "the paper's text contradicts itself on the exception, which is left out and not tested",
    rules: [
      {
        kind: "below",
        measure: "overhead",
        first: "MacVTap",
        second: "Bridge",
        where: { settings: connection, except: { ...networkAtResponder, vms: 128 } },
      },
    ],
  },
  {
    id: "C7",
    section: "4.3",
    claim: "PCI passthrough has the lowest median RTT (0.09 ms; MacVTap 1.723 times that)",
    reading: "the two numbers are taken without background VMs",
    rules: [
      { kind: "below", measure: "rtt", first: "PCI", second: "MacVTap", where: { settings: connection } },
      { kind: "below", measure: "rtt", first: "PCI", second: "Bridge", where: { settings: connection } },
      {
        kind: "ratio",
        measure: "rtt",
        first: "MacVTap",
        second: "PCI",
        where: { load: "none" },
        low: 1.723 / 1.25,
        high: 1.723 * 1.25,
      },
      { kind: "within", measure: "rtt", arm: "PCI", where: { load: "none" }, ...around(0.09) },
    ],
  },
  {
    id: "C8",
    section: "4.3",
    claim:
      "maximum RTT: PCI 118 ms (128 VMs, 1 Mpps) vs MacVTap 199 ms, network load at the Responder; PCI 119 ms with load at the Sender",
    reading: "the order is tested on the largest RTT of each run; 128 VMs and 1 Mpps hold for all three numbers",
    rules: ((where: Where) => [
      {
        kind: "below",
        measure: "rttMax",
        first: "PCI",
        second: "MacVTap",
        where: { ...where, ...networkAtResponder },
      } as const,
      {
        kind: "largestWithin",
        measure: "rttMax",
        arm: "PCI",
        where: { ...where, ...networkAtResponder },
        ...around(118),
      } as const,
      {
        kind: "largestWithin",
        measure: "rttMax",
        arm: "MacVTap",
        where: { ...where, ...networkAtResponder },
        ...around(199),
      } as const,
      {
        kind: "largestWithin",
        measure: "rttMax",
        arm: "PCI",
        where: { ...where, location: "sender" },
        ...around(119),
      } as const,
    ])({ settings: connection, vms: { is: 128 }, ratePps: fast }),
  },
  {
    id: "C17",
    section: "4.2",
    claim: "response time, 128 VMs, network load at Responder, 1 Mpps: Bridge 0.40 vs MacVTap 0.20 ms",
    rules: ((where: Where) => [
      { kind: "below", measure: "responseTime", first: "MacVTap", second: "Bridge", where } as const,
      { kind: "within", measure: "responseTime", arm: "Bridge", where, ...around(0.4) } as const,
      { kind: "within", measure: "responseTime", arm: "MacVTap", where, ...around(0.2) } as const,
    ])({ settings: connection, ...networkAtResponder, vms: { is: 128 }, ratePps: fast }),
  },
  {
    id: "C18",
    section: "4.1",
    claim: "E1000's overhead is 60-80 % of RTT (network load at Responder, > 64 VMs), 25-45 % (load at Sender)",
    rules: [
      {
        kind: "within",
        measure: "overheadShare",
        arm: "E1000",
        where: { ...networkAtResponder, vms: { above: 64 } },
        low: 0.6,
        high: 0.8,
      },
      { kind: "within", measure: "overheadShare", arm: "E1000", where: { location: "sender" }, low: 0.25, high: 0.45 },
    ],
  },
];
