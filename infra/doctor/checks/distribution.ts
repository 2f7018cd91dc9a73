import { type Distribution, familyOf } from "../../../lib/distributions.ts";
import { ok, type ServerCheck, warning } from "../check.ts";
import { isOlder } from "../versions.ts";

/** The distributions whose servers are supported, and since which version. */
const supported: Record<string, string> = { debian: "12", ubuntu: "22.04" };

function objection(distribution: Distribution): string | undefined {
  const { id, version } = distribution;
  const least = supported[id];
  if (least !== undefined && (version === undefined || !isOlder(version, least))) return undefined;
  if (least !== undefined) return `older than ${least}`;
  const family = familyOf(distribution);
  if (family === undefined) return "nothing is known of its packages; advice is in Debian's words";
  const words = { debian: "Debian's", redhat: "Fedora's and RHEL's", suse: "openSUSE's" }[family];
  return `nobody has run the testbed on it; advice is in ${words} words`;
}

/** The first line: whether a server runs what the testbed was tried on. What comes after holds for any system. */
export const distribution: ServerCheck = ({ facts: { distribution } }) => {
  const why = objection(distribution);
  return [
    why === undefined
      ? ok("distribution", distribution.name)
      : warning(
          "distribution",
          `${distribution.name} is not supported: ${why}`,
          "Debian 12 or later or Ubuntu 22.04 or later is",
        ),
  ];
};
