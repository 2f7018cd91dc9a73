import { missing, ok, type ServerCheck } from "../check.ts";

/** The ways that Pulumi's providers go: what does not work here would fail in the middle of `up`. */
export const ways: ServerCheck = ({ ways }) =>
  ways.map(({ what, failure }) => (failure === undefined ? ok(what, "as up goes") : missing(what, failure)));
