import { type Claim, lowerBy, margins, type Where } from "./rules.ts";

const networkAtResponder = { load: "network", location: "responder" } as const;
const competition = (vms: number): Where => ({ settings: ["sriov"], vms: { is: vms } });
const loudCompetition = (vms: number): Where => ({ ...competition(vms), ...networkAtResponder });

/** Claims on CPU usage, on background VMs with SR-IOV (4.4), and on correlations (5.1). */
export const competitionClaims: readonly Claim[] = [
  {
    id: "C9",
    section: "4.3",
    claim:
      "CPU usage does not differ between drivers when only Main VMs use SR-IOV (45.94 to 46.9 %, network load at Sender, 128 VMs)",
    rules: ((where: Where) =>
      (
        [
          ["PCI", "Bridge"],
          ["PCI", "MacVTap"],
          ["MacVTap", "Bridge"],
        ] as const
      ).map(
        ([first, second]) =>
          ({
            kind: "same",
            scale: "absolute",
            measure: "cpuSender",
            first,
            second,
            where,
            margin: margins.cpuPoints,
          }) as const,
      ))({ settings: ["none", "bridge"], load: "network", location: "sender", vms: { is: 128 } }),
  },
  {
    id: "C10",
    section: "4.4",
    claim:
      "background VMs on PCI passthrough ((a) and (c)): highest CPU, network load at the Responder, 32 and 64 VMs (95.15 / 93.19 %); MacVTap 18.81 % lower",
    reading: "the 18.81 % are against (a)",
    rules: [32, 64].flatMap((vms) => [
      { kind: "below", measure: "cpuSender", first: "MacVTap", second: "PCI", where: loudCompetition(vms) } as const,
      { kind: "below", measure: "cpuSender", first: "MacVTap", second: "PCI-BG", where: loudCompetition(vms) } as const,
      {
        kind: "ratio",
        measure: "cpuSender",
        first: "MacVTap",
        second: "PCI",
        where: loudCompetition(vms),
        ...lowerBy(18.81),
      } as const,
    ]),
  },
  {
    id: "C11",
    section: "4.4",
    claim: "at 8 background VMs the order turns: (a) -25.91 %, (c) -26.09 % CPU against MacVTap",
    reading: "network load at the Responder, as in C10",
    rules: [
      { kind: "below", measure: "cpuSender", first: "PCI", second: "MacVTap", where: loudCompetition(8) },
      { kind: "below", measure: "cpuSender", first: "PCI-BG", second: "MacVTap", where: loudCompetition(8) },
      {
        kind: "ratio",
        measure: "cpuSender",
        first: "PCI",
        second: "MacVTap",
        where: loudCompetition(8),
        ...lowerBy(25.91),
      },
      {
        kind: "ratio",
        measure: "cpuSender",
        first: "PCI-BG",
        second: "MacVTap",
        where: loudCompetition(8),
        ...lowerBy(26.09),
      },
    ],
  },
  {
    id: "C12",
    section: "4.4",
    claim: "with 32 and 64 background VMs and network load at the Responder, MacVTap beats PCI on RTT",
    rules: [32, 64].map(
      (vms) =>
        ({ kind: "below", measure: "rtt", first: "MacVTap", second: "PCI", where: loudCompetition(vms) }) as const,
    ),
  },
  {
    id: "C13",
    section: "4.4",
    claim: "a Main VM without SR-IOV beside background VMs with it has the worst RTT",
    rules: [
      { kind: "below", measure: "rtt", first: "MacVTap", second: "PCI-BG", where: { settings: ["sriov"] } },
      { kind: "below", measure: "rtt", first: "PCI", second: "PCI-BG", where: { settings: ["sriov"] } },
    ],
  },
  {
    id: "C14",
    section: "7",
    claim: "no driver reduces RTT variation under CPU load at the Sender",
    reading: "the interquartile range, against Bridge's",
    rules: (["MacVTap", "PCI"] as const).map(
      (first) =>
        ({
          kind: "notReduced",
          measure: "rttSpread",
          first,
          second: "Bridge",
          where: { settings: ["bridge"], load: "cpu", location: "sender" },
          margin: margins.spread,
        }) as const,
    ),
  },
  {
    id: "C15",
    section: "7",
    claim: "MacVTap passthrough is best when CPU is scarce: PCI and Bridge use more",
    reading: "CPU is scarce under CPU load",
    rules: [
      { kind: "below", measure: "cpuSender", first: "MacVTap", second: "PCI", where: { load: "cpu" } },
      { kind: "below", measure: "cpuSender", first: "MacVTap", second: "Bridge", where: { load: "cpu" } },
    ],
  },
  {
    id: "C16",
    section: "4.4",
    claim: "with 32 and 64 VMs MacVTap uses about 20 % less CPU (Fig. 20)",
    reading: "load at the Sender, as in Fig. 20; less than PCI",
    rules: [32, 64].map(
      (vms) =>
        ({
          kind: "ratio",
          measure: "cpuSender",
          first: "MacVTap",
          second: "PCI",
          where: { ...competition(vms), location: "sender" },
          ...lowerBy(20),
        }) as const,
    ),
  },
  {
    id: "C19",
    section: "5.1",
    claim: "Kendall: VirtIO has the least, PCI-BG the most influence on CPU; PCI-BG lowers RTT (against C13)",
    reading: "PCI-BG is correlated among the drivers that it shares its cells with, those of the competition",
    rules: [
      { kind: "influence", measure: "cpuSender", arm: "Bridge", rank: "least" },
      { kind: "influence", measure: "cpuSender", arm: "PCI-BG", rank: "most" },
      { kind: "lowers", measure: "rtt", arm: "PCI-BG", beside: ["PCI", "MacVTap"] },
    ],
  },
];
