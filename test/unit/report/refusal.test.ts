import { expect, test } from "vitest";
import { refusalOf } from "../../../report/serve/refusal.ts";

const host = "127.0.0.1:8321";

test.each([
  { host },
  { host: "localhost:9000" },
  { host: "[::1]:8321" },
  { host: "localhost" },
  { host, origin: `http://${host}` },
  { host: "LOCALHOST:1", origin: "http://localhost:1" },
  { host, "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" },
  { host, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
] as const)("a request that reads the page by a name of loopback is answered: %o", (headers) => {
  expect(refusalOf("GET", headers)).toBeUndefined();
  expect(refusalOf("HEAD", headers)).toBeUndefined();
});

test.each([
  {},
  { host: "" },
  { host: "evil.example" },
  { host: "localhost.evil.example" },
  { host: "127.0.0.1.evil.example:8321" },
  { host: "127.0.0.1@evil.example" },
  { host: "10.0.0.1:8321" },
  { host, origin: "http://evil.example" },
  { host, origin: "null" },
  { host, origin: "http://127.0.0.1:1" },
  { host, origin: `https://${host}` },
  { host, "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" },
  { host, "sec-fetch-site": "same-site", "sec-fetch-mode": "cors" },
])("one of another name, or of another site's page, is refused with the reason: %o", (headers) => {
  expect(refusalOf("GET", headers)).toMatchObject({
    status: 403,
    why: expect.stringMatching(/allowed: |its own address/),
  });
});

test("what does not read is refused", () => {
  expect(refusalOf("POST", { host })).toEqual({ status: 405, why: "POST is not allowed; allowed: GET, HEAD" });
});
