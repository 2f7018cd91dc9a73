import { loginCommand, notRun } from "../lib/ssh/framing.ts";

/*
 * How Pulumi's command provider runs a script: it gives the login shell a command and a stdin, and takes its exit status for
 * the script's. So the command is one that every login shell takes, the script is the stdin, and its last line tells that it
 * was run: a login shell that did something else may well have ended with status 0.
 */

/** The last line that a script prints when it has come to its end. */
export const doneLine = "done=layer";

/** The command for one action of a script, which is told it as ACTION. */
export const remoteCommand = (action: "create" | "update" | "delete") =>
  loginCommand({ ACTION: action }, 'eval "$(cat)"');

/** The stdin: the script, in a subshell so that it may exit. One that arrives in part is no whole command, and does nothing. */
export const remoteInput = (script: string) =>
  `(\n${script}\n)\nstatus=$?; [ $status != 0 ] || { echo; echo ${doneLine}; }; exit $status`;

/** Why a command that has "succeeded" was not the script that was to run; undefined when it was. */
export function notDone(stdout: string | undefined): string | undefined {
  const text = (stdout ?? "").trim();
  if (text.split("\n").includes(doneLine)) return undefined;
  return notRun(text, "", 0);
}
