import type { StudyData } from "../study-data.ts";
import { packetBoxFigures, runBoxFigures } from "./boxes.ts";
import { campaignFigures } from "./campaign.ts";
import { distributionFigures } from "./distribution.ts";
import { disturbanceFigures } from "./disturbance.ts";
import type { Drawing } from "./drawing.ts";
import { kendallFigures } from "./kendall.ts";
import { pairFigures } from "./pairs.ts";
import { partFigures } from "./parts.ts";
import { printable } from "./printable.ts";
import { rateFigures } from "./rates.ts";
import { scatterFigures } from "./scatter.ts";
import { seriesFigures } from "./series.ts";
import { winnerFigures } from "./winners.ts";

/** Every kind of figure, in the order of the page: the answer that people come for is first. */
const kinds: readonly ((study: StudyData) => Drawing[])[] = [
  pairFigures,
  winnerFigures,
  packetBoxFigures,
  runBoxFigures,
  distributionFigures,
  scatterFigures,
  seriesFigures,
  partFigures,
  kendallFigures,
  rateFigures,
  campaignFigures,
  disturbanceFigures,
];

/** Every figure of a dataset. */
export const allFigures = (study: StudyData): Drawing[] => kinds.flatMap((figures) => printable(figures(study)));
