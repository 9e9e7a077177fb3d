import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { configOf, load, report } from "./test_support.ts";

describe("unknown keys", () => {
  test("are warnings with file, line and the nearest known key", () => {
    const text = "server:\n  hots: x\nendpoints:\n  - url: http://gpu\n    weigth: 3\n    zzz: 1\n";
    assert.deepEqual(report(text), [
      'warning: olla.yaml:2:3: server.hots is not a known key and is ignored; did you mean "host"?',
      'warning: olla.yaml:5:5: endpoints[0].weigth is not a known key and is ignored; did you mean "weight"?',
      "warning: olla.yaml:6:5: endpoints[0].zzz is not a known key and is ignored",
    ]);
    assert.equal(load(text).kind, "ok");
  });

  test("are errors when strict", () => {
    assert.equal(load("serverr: {}", { strict: true }).kind, "invalid");
    assert.match(report("serverr: {}", { strict: true })[0] ?? "", /^error: .*did you mean "server"\?$/);
  });

  test("that begin with x- are free at the top, and may hold anchors", () => {
    const text = "x-base: &base {check_interval: 7s}\nendpoints:\n  - <<: *base\n    url: http://gpu\n";
    assert.deepEqual(report(text, { strict: true }), []);
    assert.equal(configOf(text).endpoints[0]?.check_interval, 7000);
  });

  test("do not include aliases and header names, which are the user's", () => {
    assert.deepEqual(report("model_aliases: {anything: [m]}\nendpoints: [{url: http://gpu, headers: {X-Any: a}}]"), []);
  });
});
