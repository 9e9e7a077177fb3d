import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makePaint } from "../../lib/paint.ts";
import { clockTime, jsonLine, safeText, textLine } from "./log_line.ts";
import { makeLogger } from "./logger.ts";

const TIME = Date.UTC(2026, 0, 2, 3, 4, 5, 67);
const plain = makePaint(false);

function collect(level: "debug" | "info" | "warn" | "error", format: "json" | "text" = "json") {
  const lines: string[] = [];
  const logger = makeLogger({
    writer: { write: (line) => lines.push(line) },
    level,
    format,
    paint: plain,
    now: () => TIME,
  });
  return { lines, logger };
}

describe("makeLogger", () => {
  test("writes one JSON object a line, time and level first", () => {
    const { lines, logger } = collect("info");
    logger.warn("Endpoint is offline", { endpoint: "gpu-1", failures: 3, last: undefined });
    assert.deepEqual(lines, [
      '{"timestamp":"2026-01-02T03:04:05.067Z","level":"warn","message":"Endpoint is offline","endpoint":"gpu-1","failures":3}\n',
    ]);
  });

  test("leaves out what is below its level, and has no debug method unless that level is on", () => {
    const { lines, logger } = collect("warn");
    logger.info("no");
    logger.error("yes");
    assert.equal(lines.length, 1);
    assert.equal(logger.debug, undefined);
    assert.equal(typeof collect("debug").logger.debug, "function");
  });

  test("writes readable text with the fields as pairs", () => {
    const { lines, logger } = collect("info", "text");
    logger.info("Found models", { endpoint: "gpu 1", count: 3, names: ["a"] });
    assert.deepEqual(lines, [`${clockTime(TIME)} INFO  Found models endpoint="gpu 1" count=3 names=["a"]\n`]);
  });
});

describe("jsonLine", () => {
  test("shows an error as its message and code", () => {
    const error = Object.assign(new Error("cannot connect"), { code: "ECONNREFUSED" });
    const line = JSON.parse(jsonLine({ time: TIME, level: "error", message: "m", fields: { error } }));
    assert.equal(line.error, "cannot connect (ECONNREFUSED)");
  });

  test("keeps its own names when a field has the same", () => {
    const line = JSON.parse(jsonLine({ time: TIME, level: "info", message: "m", fields: { message: "other", n: 5n } }));
    assert.equal(line.message, "m");
    assert.equal(line.field_message, "other");
    assert.equal(line.n, "5");
  });

  test("survives a value that refers to itself", () => {
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    assert.equal(JSON.parse(jsonLine({ time: TIME, level: "info", message: "m", fields: { loop } })).message, "m");
    assert.match(textLine({ time: TIME, level: "info", message: "m", fields: { loop } }, plain), /refers to itself/);
  });
});

describe("safeText", () => {
  const cases: [name: string, text: string, expected: string][] = [
    ["plain text stays", "llama3.2:3b", "llama3.2:3b"],
    ["other scripts stay", "モデル", "モデル"],
    ["a line break cannot forge a line", "a\nINFO b", '"a\\nINFO b"'],
    ["an escape sequence cannot move the cursor", "\x1b[2Ja", '"\\u001b[2Ja"'],
    ["a C1 control is escaped", "\x9b2J", '"\\u009b2J"'],
    ["text cannot change its direction", "\u202eabc", '"\\u202eabc"'],
    ["an empty text is seen", "", '""'],
  ];
  for (const [name, text, expected] of cases) test(name, () => assert.equal(safeText(text), expected));
});
