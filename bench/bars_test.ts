import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatBars, judgeBars } from "./bars.ts";
import type { Sample } from "./samples.ts";

function sample(scenario: string, metric: string, target: string, value: number): Sample {
  return { scenario, metric, target, value, round: 0 };
}

function verdictOf(text: RegExp, samples: readonly Sample[], streams = 1000): string | undefined {
  return judgeBars(samples, streams).find((bar) => text.test(bar.text))?.verdict;
}

describe("judgeBars", () => {
  test("measures nothing of nothing", () => {
    const verdicts = new Set(judgeBars([], 1000).map((bar) => bar.verdict));
    assert.deepEqual([...verdicts], ["not measured"]);
  });

  for (
    const [scenario, text] of [["c1", /^1 conn/], ["c64", /^64 conn/], ["60kb", /^60 KB/], ["3mb", /^3 MB/]] as const
  ) {
    test(`holds ${scenario} against the floor, at nine tenths of it`, () => {
      const floor = sample(scenario, "per_s", "floor", 1000);
      assert.equal(verdictOf(text, [floor, sample(scenario, "per_s", "olla", 900)]), "met");
      assert.equal(verdictOf(text, [floor, sample(scenario, "per_s", "olla", 899)]), "missed");
      assert.equal(verdictOf(text, [sample(scenario, "per_s", "olla", 900)]), "not measured");
    });
  }

  test("takes the first token relative to direct", () => {
    const direct = sample("first-token", "p50_ms", "direct", 10);
    assert.equal(verdictOf(/first token/, [direct, sample("first-token", "p50_ms", "olla", 11)]), "met");
    assert.equal(verdictOf(/first token/, [direct, sample("first-token", "p50_ms", "olla", 11.1)]), "missed");
  });

  const limits: readonly [RegExp, string, string, number][] = [
    [/^cancel/, "cancel", "p50_ms", 5],
    [/^idle RSS at/, "idle", "rss_mb", 50],
    [/anonymous/, "idle", "anonymous_mb", 20],
    [/1000 open streams/, "streams", "rss_mb", 100],
    [/^start/, "start", "connect_ms", 100],
    [/delay added to a chunk/, "translated", "added_ratio", 2],
    [/event loop time of/, "catalogue", "change_ms", 50],
    [/longest slice/, "catalogue", "change_slice_ms", 10],
    [/\/v1\/models, p50/, "catalogue", "list_p50_ms", 5],
    [/the first .* after a change/, "catalogue", "list_changed_ms", 5],
    [/to write a list/, "catalogue", "next_list_ms", 5],
    [/the very first list/, "catalogue", "first_list_slice_ms", 10],
    [/a known name/, "catalogue", "again_ratio", 2],
    [/a new name/, "catalogue", "fresh_ratio", 2],
    [/RSS more than with one/, "catalogue", "extra_rss_mb", 30],
  ];
  for (const [text, scenario, metric, limit] of limits) {
    test(`allows ${scenario} ${metric} up to ${limit}`, () => {
      assert.equal(verdictOf(text, [sample(scenario, metric, "olla", limit)]), "met");
      assert.equal(verdictOf(text, [sample(scenario, metric, "olla", limit + 0.1)]), "missed");
    });
  }

  test("does not judge memory with another number of streams", () => {
    assert.equal(verdictOf(/1000 open streams/, [sample("streams", "rss_mb", "olla", 1)], 100), "not measured");
  });

  test("says how far the rounds lie apart, but not of a single one", () => {
    const rounds = [45, 41, 43].map((value, round) => ({ ...sample("idle", "rss_mb", "olla", value), round }));
    const idle = (samples: readonly Sample[]) => judgeBars(samples, 1000).find((bar) => /^idle RSS at/.test(bar.text));
    assert.deepEqual(idle(rounds)?.interval, { low: 41, high: 45 });
    assert.equal(idle(rounds)?.value, 43);
    assert.equal(idle(rounds.slice(1, 2))?.interval, undefined);
  });

  for (const [scenario, text] of [["soak", /million/], ["translated", /100,000 chunks/]] as const) {
    test(`compares memory at the end of ${scenario} with its beginning`, () => {
      const begin = sample(scenario, "begin_rss_mb", "olla", 100);
      assert.equal(verdictOf(text, [begin, sample(scenario, "end_rss_mb", "olla", 110)]), "met");
      assert.equal(verdictOf(text, [begin, sample(scenario, "end_rss_mb", "olla", 111)]), "missed");
      assert.equal(verdictOf(text, [begin]), "not measured");
    });
  }
});

test("formatBars says the verdict first and the figure last", () => {
  assert.equal(
    formatBars([{ text: "idle RSS at most 50 MB", verdict: "missed", value: 51.25, interval: { low: 51, high: 52 } }, {
      text: "x",
      verdict: "not measured",
      value: undefined,
      interval: undefined,
    }]),
    "missed        idle RSS at most 50 MB: 51.3 (51.0 to 52.0)\nnot measured  x",
  );
});
