/** A value as the engine sends it: JSON in which secrets lie in envelopes and unknown values are marked by a fixed text. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** How the engine writes a text that is known only after an `up`. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** And values of the other types. */
const unknowns = new Set([
  unknown,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Whether the value itself is not known yet. */
export const isUnknown = (value: Json | undefined): boolean => typeof value === "string" && unknowns.has(value);

const isObject = (value: Json): value is JsonObject =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** The value without its secret envelopes; other envelopes (assets, references) stay as they are. */
export function open(value: Json): Json {
  if (Array.isArray(value)) return value.map(open);
  if (!isObject(value)) return value;
  if (value[signatureKey] === secretSignature) return open(value.value ?? null);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, open(member)]));
}

/** Whether there is a secret anywhere in the value. */
export function hasSecret(value: Json): boolean {
  if (Array.isArray(value)) return value.some(hasSecret);
  if (!isObject(value)) return false;
  return value[signatureKey] === secretSignature || Object.values(value).some(hasSecret);
}

/** The value in a secret envelope. */
export const seal = (value: Json): Json => ({ [signatureKey]: secretSignature, value });
