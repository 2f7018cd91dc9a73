import type { IncomingHttpHeaders } from "node:http";

/** Names by which this machine calls itself, with any port: the page may be reached by a forwarded one. */
const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

/** Why a request is not answered. */
interface Refusal {
  status: 403 | 405;
  why: string;
}

/**
 * Whether a request may be answered: only one that reads, for a name of loopback, and of no other site's page. A name of another
 * machine that was made to lead here (DNS rebinding) stands in Host.
 */
export function refusalOf(method: string | undefined, headers: IncomingHttpHeaders): Refusal | undefined {
  const { host = "", origin, "sec-fetch-site": site, "sec-fetch-mode": mode } = headers;
  if (method !== "GET" && method !== "HEAD")
    return { status: 405, why: `${method} is not allowed; allowed: GET, HEAD` };
  if (!loopback.test(host))
    return { status: 403, why: `Host ${JSON.stringify(host)} is not allowed; allowed: localhost, 127.0.0.1, [::1]` };
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`)
    return { status: 403, why: `Origin ${JSON.stringify(origin)} is not allowed; allowed: http://${host}` };
  if ((site === "cross-site" || site === "same-site") && mode !== "navigate")
    return { status: 403, why: "the page of another site asks; open the report by its own address" };
  return undefined;
}
