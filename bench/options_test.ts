import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type BenchOptions, parseOptions, SCENARIOS, TARGETS, USAGE } from "./options.ts";

function run(...args: string[]): BenchOptions {
  const parsed = parseOptions(args);
  assert.equal(parsed.kind, "run", JSON.stringify(parsed));
  return parsed.options;
}

describe("parseOptions", () => {
  test("measures all but the soak by default, which is a complete run", () => {
    const options = run();
    assert.deepEqual(options.scenarios, SCENARIOS.filter((name) => name !== "soak"));
    assert.deepEqual(options.targets, TARGETS);
    assert.equal(options.complete, true);
    assert.deepEqual(options.olla, { kind: "built" });
  });

  test("keeps the order of measuring whatever the order asked for", () => {
    assert.deepEqual(run("--only", "c64, c1").scenarios, ["c1", "c64"]);
    assert.deepEqual(run("--only", "soak,catalogue,3mb").scenarios, ["3mb", "catalogue", "soak"]);
    assert.deepEqual(run("--targets=olla,direct").targets, ["direct", "olla"]);
  });

  const incomplete: readonly string[][] = [
    ["--only", "c1"],
    ["--targets", "floor"],
    ["--rounds", "3"],
    ["--seconds", "2"],
    ["--streams", "10"],
    ["--quick"],
  ];
  for (const args of incomplete) {
    test(`does not call a run with ${args.join(" ")} complete`, () => assert.equal(run(...args).complete, false));
  }

  test("lets a figure override --quick", () => {
    const options = run("--quick", "--rounds", "4");
    assert.deepEqual([options.rounds, options.seconds], [4, 0.3]);
  });

  test("chooses which olla runs", () => {
    assert.deepEqual(run("--source").olla, { kind: "source" });
    assert.deepEqual(run("--binary", "/x/olla").olla, { kind: "binary", path: "/x/olla" });
  });

  const invalid: readonly [string[], RegExp][] = [
    [["--only", "c2"], /--only knows no "c2"; it knows start/],
    [["--only", ","], /--only needs at least one of/],
    [["--targets", "apache"], /knows no "apache"/],
    [["--rounds", "0"], /--rounds must be a number over 0, at most 100, received "0"/],
    [["--rounds", "1.5"], /--rounds must be a whole number/],
    [["--seconds", ""], /--seconds must be a number/],
    [["--seconds", "1e9"], /at most 60/],
    [["--binary", "x", "--source"], /not both/],
    [["--nonsense"], /nonsense/],
  ];
  for (const [args, message] of invalid) {
    test(`refuses "${args.join(" ")}" and says why`, () => {
      const parsed = parseOptions(args);
      assert.equal(parsed.kind, "invalid");
      assert.match(parsed.message, message);
    });
  }

  test("explains every option in the usage text", () => {
    assert.deepEqual(parseOptions(["--help"]), { kind: "help" });
    for (const option of ["only", "targets", "rounds", "seconds", "streams", "quick", "binary", "source", "docs"]) {
      assert.match(USAGE, new RegExp(`--${option}\\b`));
    }
  });
});
