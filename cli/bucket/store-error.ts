import { LabError } from "../../lib/errors.ts";

/** A store that did not do what it was asked. It may later. */
export class StoreError extends LabError {}
