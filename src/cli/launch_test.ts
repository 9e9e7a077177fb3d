import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Environment, launchEnvironment } from "../runtime.ts";
import { mayServe } from "./launch.ts";

const ROOM = 16_777_216;
const LIMITS = { BUN_CONFIG_MAX_HTTP_REQUESTS: "65535", BUN_OPTIONS: "--max-http-header-size=16777216" };

describe("launchEnvironment", () => {
  const cases: [name: string, given: Environment, expected: { env: object; changed: boolean; removed?: string[] }][] = [
    ["an empty environment gets both limits", {}, { env: LIMITS, changed: true }],
    ["a right one stays as it is", LIMITS, { env: LIMITS, changed: false }],
    ["a larger header limit stays", { ...LIMITS, BUN_OPTIONS: "--max-http-header-size=99999999" }, {
      env: { ...LIMITS, BUN_OPTIONS: "--max-http-header-size=99999999" },
      changed: false,
    }],
    ["a smaller one is replaced, and other options stay", {
      ...LIMITS,
      BUN_OPTIONS: "--smol --max-http-header-size 4096",
    }, {
      env: { ...LIMITS, BUN_OPTIONS: "--smol  --max-http-header-size=16777216" },
      changed: true,
    }],
    ["a smaller number of requests is replaced", { ...LIMITS, BUN_CONFIG_MAX_HTTP_REQUESTS: "256" }, {
      env: LIMITS,
      changed: true,
    }],
    ["proxies go, however they are spelled", {
      ...LIMITS,
      http_proxy: "a",
      HTTPS_PROXY: "b",
      All_Proxy: "c",
      NO_PROXY: "d",
    }, {
      env: { ...LIMITS, NO_PROXY: "d" },
      changed: true,
      removed: ["http_proxy", "HTTPS_PROXY", "All_Proxy"],
    }],
    ["everything else stays", { ...LIMITS, HOME: "/root", EMPTY: "", GONE: undefined }, {
      env: { ...LIMITS, HOME: "/root", EMPTY: "" },
      changed: false,
    }],
  ];
  for (const [name, given, { env, changed, removed = [] }] of cases) {
    test(name, () => {
      const launch = launchEnvironment(given, ROOM);
      assert.deepEqual(launch.env, env);
      assert.equal(launch.changed, changed);
      assert.deepEqual(launch.removedProxies, removed);
    });
  }

  test("what it makes is right the next time", () => {
    const given = { BUN_OPTIONS: "--smol --max-http-header-size=1", HTTP_PROXY: "x" };
    assert.equal(launchEnvironment(launchEnvironment(given, ROOM).env, ROOM).changed, false);
  });
});

describe("mayServe", () => {
  for (const args of ["", "serve", "-c olla.yaml", "--demo --host 0.0.0.0", "--config=help", "-help-me", "versions"]) {
    test(`olla ${args} may`, () => assert.equal(mayServe(args.split(" ")), true));
  }
  for (
    const args of ["validate -c a", "--version", "-version", "-c a --validate-config", "help", "serve -h", "-help"]
  ) {
    test(`olla ${args} does not`, () => assert.equal(mayServe(args.split(" ")), false));
  }
});
