import { refuseOption } from "../../options.ts";

const allowed =
  "postgres://USER@HOST:PORT/DATABASE, without a password: other users of this machine see what a command is called with. " +
  "The password is taken from PGPASSWORD or ~/.pgpass";

function urlOf(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/**
 * Where a queue is, as `--queue` says it. What is not in it (user, host, database, …) is taken from the variables of PostgreSQL's
 * clients.
 * @throws LabError (exit code 2) that tells what is allowed, and never what was given: it may have a password in it
 */
export function parseQueue(text: string): string {
  const url = urlOf(text);
  const isPostgres = url?.protocol === "postgres:" || url?.protocol === "postgresql:";
  if (!isPostgres) return refuseOption("--queue", "…", allowed);
  if (url.password !== "" || url.searchParams.has("password"))
    return refuseOption("--queue", `${url.protocol}//…@${url.host}${url.pathname}`, allowed);
  return text;
}
