import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Invocation, parseArguments } from "./arguments.ts";

describe("parseArguments", () => {
  const cases: [args: string, expected: Invocation][] = [
    ["", { kind: "serve", flags: {} }],
    ["serve", { kind: "serve", flags: {} }],
    ["-c a.yaml --host 0.0.0.0 --port 8080", {
      kind: "serve",
      flags: { config: "a.yaml", host: "0.0.0.0", port: 8080 },
    }],
    ["serve --config=a.yaml --log-level debug", { kind: "serve", flags: { config: "a.yaml", logLevel: "debug" } }],
    ["--demo --strict --profiles p", { kind: "serve", flags: { demo: true, strict: true, profiles: "p" } }],
    ["-c a.yaml serve --port 0", { kind: "serve", flags: { config: "a.yaml", port: 0 } }],
    ["--profile", { kind: "serve", flags: { profile: true } }],
    ["validate", { kind: "validate", flags: {} }],
    ["validate -c a.yaml --strict", { kind: "validate", flags: { config: "a.yaml", strict: true } }],
    ["validate --offline", { kind: "validate", flags: { offline: true } }],
    ["--validate-config --offline", { kind: "validate", flags: { offline: true } }],
    ["--validate-config -c a.yaml", { kind: "validate", flags: { config: "a.yaml" } }],
    ["-validate-config -config a.yaml", { kind: "validate", flags: { config: "a.yaml" } }],
    ["--version", { kind: "version" }],
    ["-version", { kind: "version" }],
    ["--version -c missing.yaml", { kind: "version" }],
  ];
  for (const [args, expected] of cases) {
    test(`olla ${args}`, () => assert.deepEqual(parseArguments(args.split(" ").filter(Boolean)), expected));
  }

  const wrong: [args: string, text: RegExp][] = [
    ["--prot 80", /unknown option '--prot'\. Did you mean --port\?/],
    ["serve --hots x", /Did you mean --host\?/],
    ["-confg x", /unknown option '--confg'\. Did you mean --config\?/],
    ["--port http", /a number from 1 to 65535/],
    ["--port 70000", /a number from 1 to 65535/],
    ["--port -1", /a number from 1 to 65535|argument missing/],
    ["--log-level loud", /Allowed choices are debug, info, warn, error/],
    ["-c", /'-c, --config <file>' argument missing/],
    ["--config=", /must not be empty/],
    ["valdate", /"valdate" is no command of olla; did you mean "validate"\?/],
    ["--offline", /--offline is a flag of olla validate/],
    ["--offline serve", /--offline is a flag of olla validate/],
    ["serve --offline", /unknown option '--offline'/],
    ["serve more", /too many arguments/],
  ];
  for (const [args, text] of wrong) {
    test(`olla ${args} is wrong usage`, () => {
      const result = parseArguments(args.split(" "));
      assert.equal(result.kind, "print");
      assert.ok(result.kind === "print");
      assert.equal(result.exitCode, 2);
      assert.match(result.text, text);
      assert.match(result.text, /olla --help lists the commands and flags\.\n$/);
    });
  }

  for (const args of ["--help", "-h", "serve --help", "validate -h", "help"]) {
    test(`olla ${args} prints help`, () => {
      const result = parseArguments(args.split(" "));
      assert.ok(result.kind === "print");
      assert.equal(result.exitCode, 0);
      assert.match(result.text, /--config <file>/);
    });
  }

  test("the help of olla has examples, the exit codes and no flag that does nothing", () => {
    const result = parseArguments(["--help"]);
    assert.ok(result.kind === "print");
    assert.match(result.text, /olla --demo/);
    assert.match(result.text, /Exit codes: 0 .* 1 .* 2 /);
    assert.doesNotMatch(result.text, /--profile\b(?!s)/);
  });
});
