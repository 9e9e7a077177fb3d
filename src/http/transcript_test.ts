import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { configOf } from "../config/test_support.ts";
import { realTimers } from "../lib/clock.ts";
import { silentLogger } from "../lib/logger.ts";
import type { AnswerTap } from "../proxy/proxy_request.ts";
import { guardedTap, makeTranscripts } from "./transcript.ts";

const root = mkdtempSync(join(tmpdir(), "olla-transcripts-"));
after(() => rmSync(root, { recursive: true }));

const SECRET = "sk-ant-abcdefgh12345678";
const bytesOf = (text: string) => new TextEncoder().encode(text);
const JSON_ANSWER = bytesOf(JSON.stringify({ said: SECRET }));

/** What is written of an answer. */
async function written(name: string, tell: (tap: AnswerTap) => void): Promise<unknown> {
  const dir = join(root, name);
  const config = configOf(`translators: { anthropic: { inspector: { enabled: true, output_dir: "${dir}" } } }`);
  const transcripts = makeTranscripts(config, { log: silentLogger, timers: realTimers });
  assert.ok(transcripts !== undefined);
  tell(transcripts.begin(new Headers(), "m", bytesOf("{}")));
  await transcripts.close(1000);
  const [day = ""] = readdirSync(dir);
  const lines = readFileSync(join(dir, day, "default.jsonl"), "utf8").trimEnd().split("\n");
  assert.equal(lines.length, 2);
  return (JSON.parse(lines[1] ?? "") as { body: unknown }).body;
}

describe("The transcript of an answer", () => {
  const gzip = new Headers({ "content-encoding": "gzip" });
  const packed = gzipSync(JSON_ANSWER);

  test("has no bytes of one that is compressed, whole or in pieces", async () => {
    const whole = await written("whole", (tap) => {
      tap.start(gzip);
      tap.whole(packed);
    });
    const stream = await written("stream", (tap) => {
      tap.start(gzip);
      tap.piece(packed);
      tap.end();
    });
    assert.deepEqual([whole, stream], ["[compressed: gzip]", "[compressed: gzip]"]);
  });

  test("has the others, without their secrets", async () => {
    const body = await written("plain", (tap) => {
      tap.start(new Headers({ "content-encoding": "identity" }));
      tap.whole(JSON_ANSWER);
    });
    assert.deepEqual(body, { said: "[REDACTED]" });
  });
});

test("A tap that fails is told nothing more, and nobody notices but the log", () => {
  const heard: string[] = [];
  const warnings: string[] = [];
  const fail = (): never => {
    throw new Error("odd piece");
  };
  const failing: AnswerTap = {
    start: () => heard.push("start"),
    whole: fail,
    piece: fail,
    end: () => heard.push("end"),
  };
  const tap = guardedTap(failing, { warn: (message) => warnings.push(message) });
  tap.start(new Headers());
  tap.piece(bytesOf("x"));
  tap.piece(bytesOf("y"));
  tap.end();
  assert.deepEqual([heard, warnings.length], [["start"], 1]);
});
