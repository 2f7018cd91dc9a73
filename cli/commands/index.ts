import type { Command } from "commander";
import { register as analyse } from "./analyse.ts";
import { register as campaign } from "./campaign.ts";
import { register as capture } from "./capture.ts";
import { register as compare } from "./compare.ts";
import { register as demo } from "./demo.ts";
import { register as diff } from "./diff.ts";
import { register as doctor } from "./doctor.ts";
import { register as draw } from "./draw.ts";
import { register as env } from "./env.ts";
import { register as figures } from "./figures.ts";
import { register as hosts } from "./hosts.ts";
import { register as images } from "./images.ts";
import { register as importRuns } from "./import.ts";
import { register as pulumi } from "./pulumi.ts";
import { register as report } from "./report.ts";
import { register as stack } from "./stack.ts";
import { register as stats } from "./stats.ts";
import { register as test } from "./test.ts";

/** Every command, in the order of --help. What a command does is imported when it is called, so that all start fast. */
export const commands: readonly ((program: Command) => void)[] = [
  demo,
  test,
  hosts,
  doctor,
  stack,
  diff,
  draw,
  campaign,
  pulumi,
  env,
  analyse,
  compare,
  report,
  figures,
  importRuns,
  capture,
  stats,
  images,
];
