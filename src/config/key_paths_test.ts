import assert from "node:assert/strict";
import { test } from "node:test";
import { endpointPaths, givenPaths } from "./key_paths.ts";

const root = {
  endpoints: [{ weight: "1" }, { url: "x" }, { weight: null }],
  discovery: { static: { endpoints: [{ weight: "2" }] } },
  server: { cors: {}, tls: { cert_file: "c" } },
};

test("givenPaths finds a key in every endpoint, in both places", () => {
  assert.deepEqual(givenPaths(root, "endpoints[].weight"), [
    ["discovery", "static", "endpoints", 0, "weight"],
    ["endpoints", 0, "weight"],
  ]);
});

test("givenPaths takes empty values as not given", () => {
  assert.deepEqual(givenPaths(root, "server.cors"), []);
  assert.deepEqual(givenPaths(root, "server.tls"), [["server", "tls"]]);
  assert.deepEqual(givenPaths(undefined, "server.tls"), []);
});

test("endpointPaths lists discovery's endpoints first", () => {
  assert.equal(endpointPaths(root).length, 4);
  assert.deepEqual(endpointPaths(root)[0], ["discovery", "static", "endpoints", 0]);
  assert.deepEqual(endpointPaths({ endpoints: "x" }), []);
});
