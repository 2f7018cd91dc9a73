import { lingerSeconds } from "./budget.ts";

/** Ethernet header 14, IPv4 header 20, ICMP header 8, frame check sequence 4: what a frame has beside ping's payload. */
export const frameOverheadBytes = 46;

export interface PingPlan {
  packets: number;
  frameBytes: number;
  ratePps: number;
  /** ICMP identifier, 1 to 65535. */
  id: number;
  destination: string;
}

/**
 * ping (iputils) for one run: an identifier of its own, no rounding (`-3`), stamps (`-D`), the interval that the rate
 * asks for. iputils counts intervals in whole milliseconds and takes anything below one for 0: then the next request
 * leaves on the reply or after 10 ms. Not `-f`: it prints no line a packet.
 */
export function pingCommand(plan: PingPlan): string {
  const interval = (1 / plan.ratePps).toFixed(6);
  const payload = plan.frameBytes - frameOverheadBytes;
  return `/bin/ping -3 -D -n -e ${plan.id} -s ${payload} -i ${interval} -c ${plan.packets} -W ${lingerSeconds} ${plan.destination}`;
}
