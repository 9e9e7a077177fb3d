import assert from "node:assert/strict";
import { test } from "node:test";
import type { Logger } from "../lib/logger.ts";
import { makePaint } from "../lib/paint.ts";
import type { ListeningFacts, ReadyFacts } from "./banner.ts";
import { makeStartReport } from "./start_report.ts";

const listening: ListeningFacts = {
  version: "1.2.3",
  url: "http://localhost:40114",
  addresses: ["127.0.0.1:40114"],
  configFile: undefined,
  demo: false,
  warnings: ["a warning"],
  alarm: "an alarm",
};
const ready: ReadyFacts = {
  url: "http://localhost:40114",
  configFile: undefined,
  demo: false,
  endpoints: [{ name: "a", url: "http://localhost:1", type: "ollama", status: "healthy", detail: "", models: 1 }],
  models: ["llama3.2"],
  rootRoutes: true,
};

function recorder() {
  const lines: [level: string, message: string, fields?: unknown][] = [];
  const at = (level: string) => (message: string, fields?: unknown) => void lines.push([level, message, fields]);
  const logger: Logger = { info: at("info"), warn: at("warn"), error: at("error") };
  return { lines, logger };
}

test("people get the banner, and the log says nothing twice", () => {
  const { lines, logger } = recorder();
  let shown = "";
  const report = makeStartReport({ showBanner: (text) => shown += text, paint: makePaint(false), logger });
  report.listening(listening);
  report.ready(ready);
  assert.match(shown, /olla 1\.2\.3[\s\S]*a warning[\s\S]*an alarm[\s\S]*curl/);
  assert.deepEqual(lines, []);
});

test("a log of JSON lines gets the same facts as lines", () => {
  const { lines, logger } = recorder();
  const report = makeStartReport({ showBanner: undefined, paint: makePaint(false), logger });
  report.listening(listening);
  report.ready(ready);
  assert.deepEqual(lines.map(([level, message]) => [level, message]), [
    ["info", "olla listens on http://localhost:40114"],
    ["warn", "a warning"],
    ["warn", "an alarm"],
    ["info", "olla has asked its endpoints"],
  ]);
  const last = lines[3]?.[2] as { endpoints: unknown; models: number; try: string };
  assert.deepEqual(last.endpoints, [{
    name: "a",
    url: "http://localhost:1",
    type: "ollama",
    status: "healthy",
    models: 1,
  }]);
  assert.match(last.try, /^curl .*"model":"llama3\.2"/);
});
