import type { z } from "zod";
import { canonicalJson } from "./canonical.ts";
import { LabError, messageOf } from "./errors.ts";

/** One of our own programs that runs as a process: told what to do by a variable, answering with JSON on stdout. */
export interface ChildProgram<Request extends z.ZodType, Answer extends z.ZodType> {
  /** The variables that a process needs to do this. */
  environment(request: z.input<Request>): Record<string, string>;
  /** What it answered. @throws LabError with what it printed that is no answer */
  answer(stdout: string): z.output<Answer>;
  /** The process's side: does what it is told and prints the answer, or why it could not, and sets the exit status. */
  main(body: (request: z.output<Request>) => Promise<z.input<Answer>>): Promise<void>;
}

/** JSON as a schema wants it. @throws LabError with the place and what is wrong there */
function checked<T extends z.ZodType>(schema: T, text: string, what: string): z.output<T> {
  const refuse = (why: string) =>
    new LabError(`${what} is not understood: ${why}: ${JSON.stringify(text.slice(0, 400))}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refuse(messageOf(error));
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw refuse(
    parsed.error.issues.map(({ path, message }) => `${path.join(".") || "all of it"}: ${message}`).join("; "),
  );
}

/**
 * Describes a program to both of its sides.
 * @param variable that tells it what to do
 */
export const childProgram = <Request extends z.ZodType, Answer extends z.ZodType>(
  variable: string,
  request: Request,
  answer: Answer,
): ChildProgram<Request, Answer> => ({
  environment: (value) => ({ [variable]: canonicalJson(value) }),
  answer: (stdout) => checked(answer, stdout, `the answer of the program with ${variable}`),
  async main(body) {
    try {
      const outcome = await body(checked(request, process.env[variable] ?? "", variable));
      if (outcome !== undefined) console.log(JSON.stringify(outcome));
    } catch (error) {
      console.error(messageOf(error));
      process.exitCode = 1;
    }
  },
});
