import { hostsFile } from "../lib/paths.ts";

/** Of commands that go to servers without a stack: flags, what they mean, default. */
export const hostsOption = [
  "--hosts <file>",
  "the servers, as the configuration key hosts names them",
  hostsFile,
] as const;
