import type { StudyData } from "../study-data.ts";
import { packetBoxFigures, runBoxFigures } from "./boxes.ts";
import { distributionFigures } from "./distribution.ts";
import type { Drawing } from "./drawing.ts";
import { kendallFigures } from "./kendall.ts";
import { pairFigures } from "./pairs.ts";
import { partFigures } from "./parts.ts";

/** Every kind of figure, in the order of the page: the answer that people come for is first. */
const kinds: readonly ((study: StudyData) => Drawing[])[] = [
  pairFigures,
  packetBoxFigures,
  runBoxFigures,
  distributionFigures,
  partFigures,
  kendallFigures,
];

/** Every figure of a dataset. */
export const allFigures = (study: StudyData): Drawing[] => kinds.flatMap((figures) => figures(study));
