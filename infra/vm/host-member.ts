import type { PlacedMember, PlaceFields } from "./placed-member.ts";

/** What the server itself is told of its place beside what is told of any VF: there is no guest whose init would set it up. */
export const hostFields = ({ identity: { ip, prefix }, design, neighbours }: PlacedMember): PlaceFields => ({
  kind: "netns",
  ip,
  prefix,
  settings: design.links.map(({ tool, words }) => [tool, ...words].join(",")).join(" "),
  neighbours: neighbours.map((neighbour) => `${neighbour.ip},${neighbour.mac}`).join(" "),
});
