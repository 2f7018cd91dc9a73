/** Now as a part of a file's name: "2026-01-31T120000Z". */
export const timeStamp = (): string =>
  new Date()
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replaceAll(":", "");
