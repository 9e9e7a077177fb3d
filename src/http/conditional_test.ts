import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { conditionalJson, matchesTag } from "./conditional.ts";
import { stableTag } from "./stable_tag.ts";

const SMALL = { status: "healthy" };
const LARGE = { status: "healthy", names: Array.from({ length: 100 }, (_, i) => `model-${i}`) };
const URL = "http://olla/internal/status";

function ask(report: unknown, headers: Record<string, string> = {}): Response {
  return conditionalJson(new Request(URL, { headers }), report);
}

describe("matchesTag", () => {
  const cases: [header: string | null, expected: boolean][] = [
    [null, false],
    ["", false],
    ["*", true],
    [" * ", true],
    ['W/"abc"', true],
    ['"abc"', true],
    ['"x", W/"abc"', true],
    ['"x",W/"y" ,"abc"', true],
    ['W/"abcd"', false],
    ['"x", *', false],
    ["abc", false],
    ["W/abc", false],
    ['"a,b", "abc"', true],
    ['"a,abc,b"', false],
    ['"abc', false],
    [`"abc", ${'"x",'.repeat(254)}`, true],
    [`"abc", ${'"x",'.repeat(255)}`, false],
  ];
  for (const [header, expected] of cases) {
    const shown = header !== null && header.length > 40 ? `a header of ${header.length} characters` : header;
    test(`${JSON.stringify(shown)}: ${expected}`, () => assert.equal(matchesTag(header, 'W/"abc"'), expected));
  }

  const opaque = fc.string({ unit: fc.constantFrom("a", "Z", "0", ",", "*", "/", "W", "!", "\xe9"), maxLength: 12 });
  const spelt = (part: string) => fc.constantFrom(`"${part}"`, `W/"${part}"`);
  const separator = fc.constantFrom(",", ", ", " , ", ",\t", ", ,");

  test("finds the tag at any place of any list, and nothing that is not there", () => {
    const list = fc.array(opaque.chain(spelt), { maxLength: 20 });
    fc.assert(fc.property(list, opaque, fc.nat(), fc.boolean(), separator, (others, own, at, weak, glue) => {
      const isThere = others.some((tag) => tag.replace(/^W\//, "") === `"${own}"`);
      assert.equal(matchesTag(others.join(glue), `W/"${own}"`), isThere);
      const place = at % (others.length + 1);
      const all = [...others.slice(0, place), `${weak ? "W/" : ""}"${own}"`, ...others.slice(place)];
      assert.equal(matchesTag(all.join(glue), `W/"${own}"`), true);
    }));
  });
});

describe("conditionalJson", () => {
  test("answers with the tag, the rules for caches, and a line of JSON", async () => {
    const response = ask(SMALL);
    assert.equal(response.status, 200);
    assert.deepEqual(Object.fromEntries(response.headers), {
      "cache-control": "private, no-cache",
      "content-length": "21",
      "content-type": "application/json",
      "etag": stableTag(SMALL),
      "vary": "Accept-Encoding",
    });
    assert.equal(await response.text(), '{"status":"healthy"}\n');
  });

  test("answers 304 without a body to whoever has it", async () => {
    const response = ask(LARGE, { "if-none-match": `"old", ${stableTag(LARGE)}`, "accept-encoding": "gzip" });
    assert.equal(response.status, 304);
    assert.equal(response.body, null);
    assert.equal(await response.text(), "");
    assert.deepEqual(Object.fromEntries(response.headers), {
      "cache-control": "private, no-cache",
      "etag": stableTag(LARGE),
      "vary": "Accept-Encoding",
    });
  });

  test("sends it to whoever has an older one", () => {
    assert.equal(ask(LARGE, { "if-none-match": stableTag(SMALL) }).status, 200);
  });

  test("compresses from 256 bytes on, not before", () => {
    const ofBytes = (bytes: number) => ({ x: "y".repeat(bytes - '{"x":""}\n'.length) });
    const gzip = { "accept-encoding": "gzip" };
    assert.equal(ask(ofBytes(255)).headers.get("content-length"), "255");
    assert.equal(ask(ofBytes(255), gzip).headers.get("content-encoding"), null);
    assert.equal(ask(ofBytes(256), gzip).headers.get("content-encoding"), "gzip");
    assert.equal(ask(ofBytes(256)).headers.get("content-encoding"), null);
    assert.equal(ask(ofBytes(256), { "accept-encoding": "gzip;q=0" }).headers.get("content-encoding"), null);
  });

  test("says the same in gzip, under the same tag, and states the length of what is sent", async () => {
    await fc.assert(fc.asyncProperty(fc.jsonValue(), async (value) => {
      const plain = ask(value);
      const packed = ask(value, { "accept-encoding": "gzip" });
      const sent = Buffer.from(await packed.arrayBuffer());
      const text = packed.headers.get("content-encoding") === "gzip" ? gunzipSync(sent).toString() : sent.toString();
      assert.equal(packed.headers.get("content-length"), String(sent.byteLength));
      assert.equal(text, await plain.text());
      assert.equal(text, `${JSON.stringify(value)}\n`);
      assert.equal(packed.headers.get("etag"), plain.headers.get("etag"));
    }));
  });

  test("is answered 304 with its own tag, and 200 with that of other data", () => {
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (value, other) => {
      const tag = ask({ value }).headers.get("etag") ?? "";
      assert.equal(ask({ value }, { "if-none-match": tag }).status, 304);
      const same = JSON.stringify(value) === JSON.stringify(other);
      assert.equal(ask({ value: other }, { "if-none-match": tag }).status, same ? 304 : 200);
    }));
  });
});
