import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parseArguments } from "./arguments.ts";
import { parsePlainArguments } from "./plain_arguments.ts";

const FLAGS = ["-c", "--config", "--profiles", "--host", "--port", "--log-level", "--demo", "--strict"];
const VALUES = ["a.yaml", "x y", "0.0.0.0", "::1", "0", "8080", "40114", "59999", "65535", "info", "error", "serve"];
const TRAPS = [
  ...["--profile", "--version", "--help", "-h", "validate", "help", "--", "-", "", " ", "--port=1", "--config=", "-cx"],
  ...["65536", "007", "-1", "1.5", "INFO", "loud", "-config", "--prot", "--validate-config", "serve", "__proto__"],
];

describe("parsePlainArguments()", () => {
  test("reads the usual command lines", () => {
    assert.deepEqual(parsePlainArguments([]), {});
    assert.deepEqual(parsePlainArguments(["serve", "-c", "a.yaml", "--demo"]), { config: "a.yaml", demo: true });
    assert.deepEqual(parsePlainArguments(["--host", "::1", "--port", "8080", "--log-level", "warn"]), {
      host: "::1",
      port: 8080,
      logLevel: "warn",
    });
  });

  for (
    const args of ["--version", "validate", "--port x", "--port 99999", "-c", "-config a", "--port=1", "-c --demo"]
  ) {
    test(`leaves ${args} to the full parser`, () => assert.equal(parsePlainArguments(args.split(" ")), undefined));
  }

  test("what it reads, the full parser reads alike", () => {
    const any = fc.oneof(
      { weight: 9, arbitrary: fc.tuple(fc.constantFrom(...FLAGS), fc.constantFrom(...VALUES)) },
      { weight: 2, arbitrary: fc.constantFrom("--demo", "--strict").map((flag) => [flag]) },
      { weight: 1, arbitrary: fc.constantFrom(...TRAPS).map((trap) => [trap]) },
      { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...FLAGS), fc.constantFrom(...TRAPS)) },
    );
    const commandLine = fc.tuple(fc.constantFrom([], ["serve"]), fc.array(any, { maxLength: 4 }))
      .map(([first, rest]) => [...first, ...rest.flat()]);
    fc.assert(
      fc.property(commandLine, (args) => {
        const flags = parsePlainArguments(args);
        if (flags !== undefined) assert.deepEqual(parseArguments(args), { kind: "serve", flags });
      }),
      { numRuns: 2000 },
    );
  });
});
