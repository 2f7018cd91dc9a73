import type { z } from "zod";
import { distinctProblems, type Problem } from "../../study/problem.ts";

const show = (value: unknown): string => {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
};

const refusal = (path: readonly PropertyKey[], value: unknown, allowed: string): Problem => ({
  key: path.join("."),
  value,
  found: value === undefined ? "missing" : `${show(value)} is not allowed`,
  allowed,
});

/** A key that there is not. @param knownKeys those that there are */
const unknownKey = (key: string, value: unknown, knownKeys: readonly string[]): Problem => ({
  key,
  value,
  found: `${show(value)}: there is no such key`,
  allowed: knownKeys.join(", "),
  knownKeys,
});

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      inner !== null && typeof inner === "object" ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );

function allowed(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_value":
      return `one of ${issue.values.map(String).join(", ")}`;
    case "invalid_type":
      if (issue.expected === "array") return "a list";
      return issue.expected === "int"
        ? "a whole number"
        : `${/^[aeiou]/.test(issue.expected) ? "an" : "a"} ${issue.expected}`;
    case "too_small":
      return issue.origin === "string"
        ? "a text that is not empty"
        : issue.origin === "array"
          ? issue.message
          : `at least ${issue.minimum}`;
    case "too_big":
      return issue.origin === "array" ? issue.message : `at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

/** The issues of the members of a union that say most: of the member that the value got farthest into. */
function ofUnion(issue: z.core.$ZodIssueInvalidUnion, path: PropertyKey[], value: unknown, keys: Keys): Problem[] {
  const inside = at(value, path);
  const structured = inside !== null && typeof inside === "object";
  const choices = issue.errors.map((errors) =>
    errors.filter((error) =>
      structured ? error.code !== "invalid_type" || error.path.length > 0 : error.path.length === 0,
    ),
  );
  const deep = choices.filter((errors, index) => errors.length > 0 && errors.length === issue.errors[index]?.length);
  if (structured && deep.length > 0)
    return (deep.at(-1) ?? []).flatMap((inner) =>
      explainIssue({ ...inner, path: [...path, ...inner.path] }, value, keys),
    );
  const options = issue.errors.flatMap((errors) => errors.filter((error) => error.path.length === 0).map(allowed));
  return [refusal(path, inside, [...new Set(options)].join(", or "))];
}

type Keys = (path: readonly PropertyKey[]) => string[];

function explainIssue(issue: z.core.$ZodIssue, value: unknown, keys: Keys): Problem[] {
  const path = [...issue.path];
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => unknownKey([...path, key].join("."), at(value, [...path, key]), keys(path)));
  if (issue.code === "invalid_union") return ofUnion(issue, path, value, keys);
  return [refusal(path, at(value, path), allowed(issue))];
}

/**
 * What is wrong with a configuration: the key, its value, and what is allowed.
 * @param keys tells which keys are known at a path
 */
export const explain = (error: z.ZodError, value: unknown, keys: Keys): Problem[] =>
  distinctProblems(error.issues.flatMap((issue) => explainIssue(issue, value, keys)));
