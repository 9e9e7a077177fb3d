import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Timers } from "../../lib/clock.ts";
import { createInspector, type InspectorOptions } from "./inspector.ts";
import type { WriteOutcome } from "./inspector_files.ts";
import { inspectorSession } from "./inspector_session.ts";

const NOON = Date.UTC(2026, 0, 31, 12);
const DAY = 24 * 60 * 60 * 1000;

/** Files that finish a write when they are told to. */
class HandFiles {
  readonly writes: { day: string; session: string; lines: string }[] = [];
  #finish: ((outcome: WriteOutcome | Error) => void)[] = [];

  append(day: string, session: string, lines: string): Promise<WriteOutcome> {
    this.writes.push({ day, session, lines });
    return new Promise((resolve, reject) => {
      this.#finish.push((outcome) => outcome instanceof Error ? reject(outcome) : resolve(outcome));
    });
  }

  async finish(outcome: WriteOutcome | Error = "written"): Promise<void> {
    this.#finish.shift()?.(outcome);
    await settle();
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

function setUp(limits: Partial<InspectorOptions> = {}) {
  const files = new HandFiles();
  const warnings: string[] = [];
  const clock = { now: NOON };
  const due: (() => void)[] = [];
  const timers: Timers = { start: (callback) => due.push(callback), stop() {} };
  const inspector = createInspector({
    files,
    log: { warn: (message) => warnings.push(message) },
    now: () => clock.now,
    timers,
    ...limits,
  });
  return { files, warnings, clock, inspector, passTime: () => due.forEach((callback) => callback()) };
}

const entriesOf = (lines: string) => lines.trimEnd().split("\n").map((line) => JSON.parse(line) as unknown);

describe("an inspector", () => {
  test("writes requests and answers as lines of JSON, by day and session", async () => {
    const { files, inspector } = setUp();
    inspector.request("s1", "m", { messages: [] });
    inspector.response("s1", undefined, { id: "msg_1" });
    await settle();
    assert.deepEqual(files.writes.map(({ day, session }) => [day, session]), [["2026-01-31", "s1"]]);
    assert.deepEqual(entriesOf(files.writes[0]?.lines ?? ""), [
      { type: "request", ts: "2026-01-31T12:00:00.000Z", model: "m", body: { messages: [] } },
      { type: "response", ts: "2026-01-31T12:00:00.000Z", body: { id: "msg_1" } },
    ]);
  });

  test("does not wait for the disk, and writes one file at a time", async () => {
    const { files, inspector } = setUp();
    inspector.request("s1", "m", 1);
    await settle();
    for (const session of ["s2", "s2", "s1", "s2"]) inspector.request(session, "m", 2);
    await settle();
    assert.equal(files.writes.length, 1);
    await files.finish();
    await files.finish();
    await files.finish();
    assert.deepEqual(files.writes.map(({ session, lines }) => `${session} ${entriesOf(lines).length}`), [
      "s1 1",
      "s2 2",
      "s1 1",
      "s2 1",
    ]);
  });

  test("begins a new folder at midnight UTC", async () => {
    const { files, inspector, clock } = setUp();
    inspector.request("s", "m", 1);
    clock.now += DAY;
    inspector.request("s", "m", 2);
    await settle();
    await files.finish();
    assert.deepEqual(files.writes.map(({ day }) => day), ["2026-01-31", "2026-02-01"]);
  });

  test("drops what a stuck disk leaves no room for, and says so once", async () => {
    const { files, inspector, warnings } = setUp({ maxWaiting: 300 });
    for (let i = 0; i < 100; i++) inspector.request("s", "m", "x".repeat(50));
    await settle();
    assert.equal(entriesOf(files.writes[0]?.lines ?? "").length, 3);
    assert.deepEqual(warnings.map((text) => text.slice(0, 15)), ["Inspector drops"]);
    await files.finish();
    inspector.request("s", "m", "y");
    await settle();
    assert.equal(files.writes.length, 2);
  });

  test("says once that it cannot write, goes on trying, and says it again after a success", async () => {
    const { files, inspector, warnings } = setUp();
    const outcomes = [new Error("ENOSPC"), new Error("ENOSPC"), "written", new Error("EACCES")] as const;
    for (const outcome of outcomes) {
      inspector.request("s", "m", 1);
      await settle();
      await files.finish(outcome);
    }
    assert.equal(files.writes.length, 4);
    assert.deepEqual(warnings.map((text) => text.slice(0, 22)), ["Inspector cannot write", "Inspector cannot write"]);
    assert.match(warnings[0] ?? "", /output_dir/);
  });

  test("says once a day that a limit is reached", async () => {
    const { files, inspector, warnings, clock } = setUp();
    const note = async (outcome: WriteOutcome) => {
      inspector.request("s", "m", 1);
      await settle();
      await files.finish(outcome);
    };
    await note("full");
    await note("written");
    await note("full");
    assert.equal(warnings.length, 1);
    clock.now += DAY;
    await note("full");
    assert.equal(warnings.length, 2);
  });

  test("drops what cannot be JSON without failing", async () => {
    const { files, inspector } = setUp();
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    inspector.request("s", "m", loop);
    inspector.request("s", "m", 10n);
    inspector.request("s", "m", "good");
    await settle();
    assert.equal(entriesOf(files.writes[0]?.lines ?? "").length, 1);
  });

  test("keeps entries short", async () => {
    const { files, inspector } = setUp({ maxEntry: 1000 });
    inspector.request("s", "m", { text: "x".repeat(5000), more: "y".repeat(5000) });
    await settle();
    assert.ok((files.writes[0]?.lines.length ?? 0) < 1300);
  });

  test("writes what is left before closing ends, and nothing after it", async () => {
    const { files, inspector } = setUp();
    inspector.request("s", "m", 1);
    let isClosed = false;
    const closing = inspector.close(1000).then(() => isClosed = true);
    inspector.request("s", "m", 2);
    await settle();
    assert.equal(isClosed, false);
    await files.finish();
    await closing;
    inspector.request("s", "m", 3);
    await settle();
    assert.equal(files.writes.length, 1);
  });

  test("gives a stuck disk up when closing has taken its time", async () => {
    const { inspector, passTime } = setUp();
    inspector.request("s", "m", 1);
    const closing = inspector.close(1000);
    await settle();
    passTime();
    await closing;
  });

  test("closes at once when nothing waits", async () => await setUp().inspector.close(1000));
});

describe("the session of a request", () => {
  const cases: [headers: Record<string, string>, session: string][] = [
    [{ "X-Session-ID": "abc_-9", "X-Request-ID": "r1" }, "abc_-9"],
    [{ "X-Request-ID": "r1" }, "r1"],
    [{ "X-Session-ID": "../etc", "X-Request-ID": "r1" }, "r1"],
    [{ "X-Session-ID": "a/b" }, "default"],
    [{ "X-Session-ID": "a.b" }, "default"],
    [{ "X-Session-ID": "" }, "default"],
    [{ "X-Session-ID": "x".repeat(64) }, "x".repeat(64)],
    [{ "X-Session-ID": "x".repeat(65) }, "default"],
    [{}, "default"],
  ];
  for (const [headers, session] of cases) {
    test(`${JSON.stringify(headers).slice(0, 60)} is ${session.slice(0, 10)}`, () => {
      assert.equal(inspectorSession(new Headers(headers), "X-Session-ID"), session);
    });
  }
});
