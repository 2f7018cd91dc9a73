import { z } from "zod";

/** A SHA-256 in hexadecimal, as `sha256` in lib/canonical.ts gives it. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
