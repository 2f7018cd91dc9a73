import type { Factors } from "../../../study/scenario.ts";
import { type TimedFactors, timingOf } from "../../../study/terms.ts";
import { lingerSeconds } from "../../probe/budget.ts";

/** Ethernet header 14, IPv4 header 20, ICMP header 8, frame check sequence 4: what a frame has beside ping's payload. */
export const frameOverheadBytes = 46;

/** Which ping it is, and whom it asks. */
export interface PingTarget {
  /** ICMP identifier, 1 to 65535. */
  id: number;
  destination: string;
}

/**
 * ping (iputils) for one run: an identifier of its own, no rounding (`-3`), stamps (`-D`), the interval that the rate
 * asks for. iputils counts intervals in whole milliseconds and takes anything below one for 0: then the next request
 * leaves on the reply or after 10 ms. Not `-f`: it prints no line a packet.
 */
export function pingCommand(factors: TimedFactors & Pick<Factors, "frameBytes">, target: PingTarget): string {
  const { packets, ratePps } = timingOf(factors);
  const interval = (1 / ratePps).toFixed(6);
  const payload = factors.frameBytes - frameOverheadBytes;
  return `/bin/ping -3 -D -n -e ${target.id} -s ${payload} -i ${interval} -c ${packets} -W ${lingerSeconds} ${target.destination}`;
}
