import { hostname } from "node:os";

/** What a stack is called on a server that it has leased: its name, and where it is deployed from. */
export const ownerOf = (stack: string, checkout: string) => `stack ${stack} (${hostname()}:${checkout})`;
