import type { MetricRow } from "./metric.ts";
import { acrossServers, between, reportedRtt, rttAt, without } from "./packet-times.ts";

/** iputils counts intervals in whole milliseconds: below one it sends on the reply. */
const leastIntervalNs = 1_000_000;

/**
 * What is measured, a row a metric: whatever lists metrics goes by this table, in its order. Times are differences of stamps of one
 * clock, or of two such differences; of stamps of two machines only where these share a clock.
 *
 * The parts senderGuest, senderOut, wire, responderIn, responderGuest, responderOut and senderIn add up to rtt.
 */
export const metrics = {
  rtt: {
    kind: "time",
    from: "ping",
    value: reportedRtt,
    clocks: ["senderVm"],
    points: [],
    leastNs: 1,
    what: "round-trip time that ping reports (3.1.1)",
    head: "RTT",
    published: "rttMs",
    measures: {
      rtt: { statistic: "median", what: "median RTT", compared: true, drifts: true },
      rttSpread: { statistic: "spread", what: "interquartile range of the RTT", compared: true },
      rttMax: { statistic: "max", what: "largest RTT" },
    },
  },
  senderNicRtt: {
    kind: "time",
    clocks: ["sender"],
    points: ["sender.nic"],
    leastNs: 1,
    from: "reply - request at the Sender server's NIC",
    value: rttAt("sender.nic"),
    what: "RTT at the Sender server's NIC",
  },
  overhead: {
    kind: "time",
    clocks: ["senderVm", "sender"],
    points: ["sender.nic"],
    leastNs: 1,
    partOf: "rtt",
    from: "`rtt` - `senderNicRtt`",
    value: without(reportedRtt, rttAt("sender.nic")),
    what: "RTT overhead (3.1.1)",
    head: "overhead",
    published: "rttOverheadMs",
    measures: { overhead: { statistic: "median", what: "median RTT overhead", compared: true, drifts: true } },
  },
  responseTime: {
    kind: "time",
    clocks: ["responder"],
    points: ["responder.nic"],
    leastNs: 1,
    partOf: "senderNicRtt",
    from: "reply - request at the Responder server's NIC",
    value: rttAt("responder.nic"),
    what: "response time: from the request to the reply at the Responder server's NIC (3.1.1)",
    head: "response time",
    published: "responseTimeMs",
    measures: { responseTime: { statistic: "median", what: "median response time", compared: true, drifts: true } },
  },
  senderGuest: {
    kind: "time",
    clocks: ["senderVm", "sender"],
    points: ["sender.virt"],
    leastNs: 0,
    from: "`rtt` - (reply - request at the Sender VM's interface)",
    value: without(reportedRtt, rttAt("sender.virt")),
    what: "Sender VM to its virtual interface and back",
  },
  senderOut: {
    kind: "time",
    clocks: ["sender"],
    points: ["sender.virt", "sender.nic"],
    leastNs: 0,
    from: "request, between the Sender VM's interface and the NIC",
    value: between("requestNs", "sender.virt", "sender.nic"),
    what: "request, from the Sender VM's virtual interface to the NIC",
  },
  wire: {
    kind: "time",
    clocks: ["sender", "responder"],
    points: ["sender.nic", "responder.nic"],
    leastNs: 1,
    from: "`senderNicRtt` - `responseTime`",
    value: without(rttAt("sender.nic"), rttAt("responder.nic")),
    what: "NIC to NIC and back",
  },
  wireOut: {
    kind: "time",
    clocks: ["sender", "responder"],
    points: ["sender.nic", "responder.nic"],
    leastNs: 1,
    acrossServers: true,
    from: "request, from NIC to NIC",
    value: acrossServers("requestNs", "sender.nic", "responder.nic"),
    what: "request, from the Sender server's NIC to the Responder server's",
  },
  wireBack: {
    kind: "time",
    clocks: ["sender", "responder"],
    points: ["sender.nic", "responder.nic"],
    leastNs: 1,
    acrossServers: true,
    from: "reply, from NIC to NIC",
    value: acrossServers("replyNs", "responder.nic", "sender.nic"),
    what: "reply, from the Responder server's NIC to the Sender server's",
  },
  responderIn: {
    kind: "time",
    clocks: ["responder"],
    points: ["responder.nic", "responder.virt"],
    leastNs: 0,
    from: "request, between the NIC and the Responder VM's interface",
    value: between("requestNs", "responder.nic", "responder.virt"),
    what: "request, from the Responder server's NIC to the VM's virtual interface",
  },
  responderGuest: {
    kind: "time",
    clocks: ["responder"],
    points: ["responder.virt"],
    leastNs: 1,
    from: "reply - request at the Responder VM's interface",
    value: rttAt("responder.virt"),
    what: "from the request to the reply at the Responder VM's virtual interface",
  },
  responderOut: {
    kind: "time",
    clocks: ["responder"],
    points: ["responder.nic", "responder.virt"],
    leastNs: 0,
    from: "reply, between the Responder VM's interface and the NIC",
    value: between("replyNs", "responder.virt", "responder.nic"),
    what: "reply, from the Responder VM's virtual interface to the NIC",
  },
  senderIn: {
    kind: "time",
    clocks: ["sender"],
    points: ["sender.virt", "sender.nic"],
    leastNs: 0,
    from: "reply, between the NIC and the Sender VM's interface",
    value: between("replyNs", "sender.nic", "sender.virt"),
    what: "reply, from the Sender server's NIC to the VM's virtual interface",
  },
  sendLag: {
    kind: "time",
    from: "from the request before it to this one, less the interval that ping was told",
    value: ({ sent: { atNs, beforeNs, intervalNs } }) =>
      atNs === null || beforeNs === null || intervalNs === null || intervalNs < leastIntervalNs
        ? null
        : Math.round(atNs - beforeNs - intervalNs),
    whyMissing({ sent: { atNs, beforeNs, isFirst, intervalNs } }) {
      if (atNs === null) return undefined;
      if (intervalNs !== null && intervalNs < leastIntervalNs)
        return "ping counts intervals in milliseconds, so at this frequency it has no schedule";
      if (isFirst) return "no request was sent before it";
      if (beforeNs === null) return "when the request before it left is not known";
      return intervalNs === null ? "what ping was to wait from request to request is not known" : undefined;
    },
    clocks: ["senderVm"],
    points: [],
    leastNs: null,
    what: "how far ping was behind its schedule when it sent the request: below 0 where it was early",
  },
  overheadShare: {
    kind: "share",
    part: "overhead",
    whole: "rtt",
    what: "share of the RTT that the overhead is",
    measures: { overheadShare: { statistic: "median", what: "median share of the RTT that is overhead" } },
  },
  cpuSender: {
    kind: "cpu",
    server: "sender",
    what: "CPU usage of the Sender server",
    measures: {
      cpuSender: { statistic: "median", what: "CPU usage of the Sender server", compared: true, drifts: true },
    },
  },
  cpuResponder: {
    kind: "cpu",
    server: "responder",
    what: "CPU usage of the Responder server",
    measures: {
      cpuResponder: { statistic: "median", what: "CPU usage of the Responder server", compared: true, drifts: true },
    },
  },
} as const satisfies Record<string, MetricRow>;

export type MetricId = keyof typeof metrics;
