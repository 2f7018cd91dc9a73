import { hostsFile } from "../lib/paths.ts";

const flagsAndMeaning = ["--hosts <file>", "the servers, as the configuration key hosts names them"] as const;

/** Of commands that go to servers without a stack: flags, what they mean, default. */
export const hostsOption = [...flagsAndMeaning, hostsFile] as const;

/** The same of commands that have to know whether it was given. */
export const optionalHosts = [flagsAndMeaning[0], `${flagsAndMeaning[1]} (default: ${hostsFile})`] as const;
