import { ethernetBytes } from "../../../study/factors/ping.ts";
import type { Factors } from "../../../study/scenario.ts";
import { lingerSeconds } from "./budget.ts";
import type { PingParameters } from "./parameters.ts";

/** IPv4 header 20, ICMP header 8, and Ethernet: what a frame has beside ping's payload. */
const frameOverheadBytes = 20 + 8 + ethernetBytes;

/** ping's payload in a frame of the size that a scenario asks for. */
export const payloadBytesOf = ({ frameBytes }: Pick<Factors, "frameBytes">) => frameBytes - frameOverheadBytes;

/** The other way round, as a scenario records it. */
export const frameOf = (payloadBytes: number): Pick<Factors, "frameBytes"> => ({
  frameBytes: payloadBytes + frameOverheadBytes,
});

/**
 * ping (iputils) for one run: an identifier of its own, no rounding (`-3`), stamps (`-D`), the interval that the rate
 * asks for. iputils counts intervals in whole milliseconds and takes anything below one for 0: then the next request
 * leaves on the reply or after 10 ms. Not `-f`: it prints no line a packet.
 */
export function pingCommand({ pingId, packets, ratePps, payloadBytes }: PingParameters, destination: string): string {
  const interval = (1 / ratePps).toFixed(6);
  return `/bin/ping -3 -D -n -e ${pingId} -s ${payloadBytes} -i ${interval} -c ${packets} -W ${lingerSeconds} ${destination}`;
}
