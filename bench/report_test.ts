import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatReport, replaceReport, type Run, runToJson } from "./report.ts";
import type { Sample } from "./samples.ts";

const samples: Sample[] = [
  { scenario: "c1", metric: "per_s", target: "direct", round: 0, value: 1000 },
  { scenario: "c1", metric: "per_s", target: "direct", round: 1, value: 2000 },
  { scenario: "c1", metric: "per_s", target: "olla", round: 0, value: 500 },
  { scenario: "c1", metric: "per_s", target: "olla", round: 1, value: 1000 },
  { scenario: "idle", metric: "rss_mb", target: "olla", round: 0, value: 41.23456 },
];

const run: Run = {
  date: "2030-01-02T03:04:05.000Z",
  machine: { cpu: "Test CPU", cores: 2, system: "Linux 6", bun: "1.4.5", busyBefore: 0.01, stolen: 0.125 },
  rounds: 2,
  seconds: 1,
  streams: 1000,
  targets: ["direct", "olla"],
  samples,
  bars: [{ text: "idle RSS at most 50 MB", verdict: "met", value: 41.23456, interval: { low: 41, high: 42 } }],
  problems: [],
};

describe("formatReport", () => {
  const text = formatReport(run);

  test("says when, where and how it was measured", () => {
    assert.match(
      text,
      /^2030-01-02, 2 cores of Test CPU, Linux 6, Bun 1\.4\.5\nmedians of 2 interleaved rounds of 1 s/,
    );
    assert.match(text, /other programs used 1\.0 % of the CPU before it, other virtual machines 12\.5 % during it\n/);
  });

  test("shows medians, and ratios paired by round", () => {
    assert.match(text, /Requests per second\n\n.*c1.*\n.*\ndirect +1,500\n/);
    assert.match(text, /÷ direct\n\n.*\n.*\ndirect +1\.00\nolla +0\.50\n/);
  });

  test("shows what a large catalogue costs, in tables of its own", () => {
    const found = formatReport({
      ...run,
      samples: [
        { scenario: "catalogue", metric: "list_p50_ms", target: "olla", round: 0, value: 1.25 },
        { scenario: "catalogue", metric: "change_ms", target: "olla", round: 0, value: 40 },
        { scenario: "catalogue", metric: "change_slice_ms", target: "olla", round: 0, value: 2 },
        { scenario: "catalogue", metric: "fresh_ns", target: "olla", round: 0, value: 9000 },
        { scenario: "catalogue", metric: "extra_rss_mb", target: "olla", round: 0, value: 20 },
      ],
    });
    assert.match(found, /endpoints: answers, milliseconds\n\n +\/v1\/models p50\n.*\nolla +1\.25\n/);
    assert.match(found, /discovery update, milliseconds\n\n +changed +longest slice\n.*\nolla +40\.0 +2\.00\n/);
    assert.match(found, /who serves a model\n\n +new name, ns\n.*\nolla +9,000\n/);
    assert.match(found, /memory, MB.*\n\n +more than with 1 model\n.*\nolla +20\.0\n/);
  });

  test("shows translated streams beside untranslated ones", () => {
    const found = formatReport({
      ...run,
      samples: [
        { scenario: "translated", metric: "plain_p50_ms", target: "direct", round: 0, value: 0.125 },
        { scenario: "translated", metric: "plain_p50_ms", target: "olla", round: 0, value: 0.25 },
        { scenario: "translated", metric: "translated_p50_ms", target: "olla", round: 0, value: 0.31 },
        { scenario: "translated", metric: "added_ratio", target: "olla", round: 0, value: 1.48 },
        { scenario: "translated", metric: "end_rss_mb", target: "olla", round: 0, value: 90 },
      ],
    });
    assert.match(found, /\n\n +untranslated p50 +translated p50 +added ÷ untranslated's +100,000 chunks later\n/);
    assert.match(found, /\ndirect +0\.1[23] +- +- +-\nolla +0\.25 +0\.31 +1\.48 +90\.0\n/);
  });

  test("leaves out tables, rows and columns without a figure", () => {
    assert.doesNotMatch(text, /÷ floor/);
    assert.doesNotMatch(text, /Start,/);
    assert.match(text, /Memory, MB.*\n\n +idle\n-.*\nolla +41\.2\n/);
  });

  test("ends with the bars in a good run", () => {
    assert.ok(text.endsWith("Bars\n\nmet           idle RSS at most 50 MB: 41.2 (41.0 to 42.0)"));
  });

  test("shouts when something went wrong", () => {
    const bad = formatReport({ ...run, problems: ["c1 olla: 3 of 10 requests failed: HTTP 502"] });
    assert.match(bad, /THIS RUN HAD ERRORS[^\n]*\n\n- c1 olla: 3 of 10 requests failed: HTTP 502$/);
  });

  test("does not judge olla where it did not run", () => {
    assert.doesNotMatch(formatReport({ ...run, targets: ["direct"] }), /Bars/);
  });
});

test("runToJson keeps medians and rounds, rounded, and can be read again", () => {
  const parsed = JSON.parse(runToJson(run));
  assert.deepEqual(parsed.results.c1.per_s.olla, { median: 750, rounds: [500, 1000] });
  assert.deepEqual(parsed.results.idle.rss_mb.olla, { median: 41.23, rounds: [41.23] });
  assert.equal(parsed.bars[0].value, 41.23);
  assert.equal(parsed.machine.cores, 2);
});

describe("replaceReport", () => {
  test("replaces what stands between the marks and nothing else", () => {
    const before = "# Title\n\n<!-- bench:begin -->\nold\n<!-- bench:end -->\n\nMore.\n";
    const after = "# Title\n\n<!-- bench:begin -->\n\n```text\nnew $& figures\n```\n\n<!-- bench:end -->\n\nMore.\n";
    assert.equal(replaceReport(before, "new $& figures"), after);
    assert.equal(replaceReport(after, "new $& figures"), after);
  });

  test("refuses a document without marks", () => {
    assert.throws(() => replaceReport("# Title\n", "x"), /needs "<!-- bench:begin -->"/);
  });
});
