import { attachedTo, captureOf } from "../../infra/vm/drivers.ts";
import { roles } from "../../lib/roles.ts";
import { hopOfPoint, type PointName, pointNames, roleOfPoint } from "../../study/points.ts";
import { groupsOf } from "./groups.ts";
import type { DrawnTestbed } from "./testbed.ts";

/** Why the host cannot capture a Main VM's packets at a point; null where it can. */
function unseenAt({ servers }: DrawnTestbed, point: PointName): string | null {
  const place = captureOf(servers[roleOfPoint(point)].main.driver)[hopOfPoint(point)];
  return typeof place === "string" ? null : place.unseen;
}

/** What a mark means; the circle at its beginning is drawn as the mark itself. */
export const captureNote = "● packets of the Main VMs are captured here";

const capturedWords = (testbed: DrawnTestbed) =>
  `Packets of the Main VMs are captured at ${pointNames.filter((point) => unseenAt(testbed, point) === null).join(", ")}.`;

/** What the marks mean, and where there is none. */
export function notesOf(testbed: DrawnTestbed): string[] {
  const { isCaptured } = testbed;
  if (!isCaptured) return ["no packet is captured"];
  const reasons = Map.groupBy(pointNames, (point) => unseenAt(testbed, point));
  return [
    ...(reasons.has(null) ? [captureNote] : []),
    ...[...reasons].flatMap(([why, points]) => (why === null ? [] : [`not captured at ${points.join(", ")}: ${why}`])),
  ];
}

/** The drawing in words: who is attached to what, a sentence each. */
export function sentencesOf(testbed: DrawnTestbed): string[] {
  return [
    ...roles.flatMap((role) =>
      groupsOf(testbed, role).map(({ lines, driver, slot }) => {
        const [who, , ...about] = lines;
        const where = slot.length > 0 ? `${attachedTo(driver)} (${slot.join(", ")})` : attachedTo(driver);
        return `${role}: ${who} on ${driver}, ${about.join(", ")}: ${where}.`;
      }),
    ),
    ...notesOf(testbed).map((note) => (note === captureNote ? capturedWords(testbed) : `${note}.`)),
  ];
}
