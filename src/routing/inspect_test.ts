import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { inspectJson, splice } from "./inspect.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (value: Uint8Array) => new TextDecoder().decode(value);

function modelOf(body: string): string | undefined {
  const result = inspectJson(bytes(body));
  assert.equal(result.kind, "ok", `refused: ${JSON.stringify(result)}`);
  return result.kind === "ok" ? result.model : undefined;
}

describe("inspectJson finds the top-level model", () => {
  const cases: [name: string, body: string, model: string | undefined][] = [
    ["first", '{"model":"a","messages":[]}', "a"],
    ["last, behind a key inside a string", '{"messages":[{"content":"\\"model\\":\\"b\\""}],"model":"a"}', "a"],
    ["with white space everywhere", ' {\n "model" \t:\r\n "a" } \n', "a"],
    ["with escapes in the key", '{"m\\u006fdel":"a"}', "a"],
    ["with another case", '{"MODEL":"a"}', "a"],
    ["with escapes in the value", '{"model":"a\\"b\\u00e9\\\\"}', 'a"bé\\'],
    ["beside a nested one", '{"a":{"model":"no"},"model":"yes"}', "yes"],
    ["not in a nested object", '{"a":{"model":"no"}}', undefined],
    ["not in an array", '{"a":[{"model":"no"}]}', undefined],
    ["not as a value", '{"a":"model","b":"x"}', undefined],
    ["null counts as absent", '{"model":null}', undefined],
    ["after a string that ends in backslashes", '{"a":"\\\\\\\\","model":"a"}', "a"],
    ["absent", "{}", undefined],
  ];
  for (const [name, body, model] of cases) test(name, () => assert.equal(modelOf(body), model));
});

describe("inspectJson reads stream", () => {
  const cases: [body: string, stream: boolean | undefined][] = [
    ['{"model":"a","stream":true}', true],
    ['{"stream": false ,"model":"a"}', false],
    ['{"model":"a"}', undefined],
    ['{"a":{"stream":true}}', undefined],
  ];
  for (const [body, stream] of cases) {
    test(body, () => {
      const result = inspectJson(bytes(body));
      assert.equal(result.kind === "ok" ? result.stream : "refused", stream);
    });
  }
});

describe("inspectJson refuses", () => {
  const cases: [name: string, body: string, fault: "syntax" | "model"][] = [
    ["an empty body", "", "syntax"],
    ["white space only", " \n", "syntax"],
    ["an array", '["model"]', "syntax"],
    ["a bare string", '"model"', "syntax"],
    ["an unterminated string", '{"model":"a', "syntax"],
    ["an object that does not end", '{"model":"a"', "syntax"],
    ["crossed brackets", '{"a":[}]', "syntax"],
    ["bytes after the end", '{"model":"a"}x', "syntax"],
    ["a second object", '{"model":"a"}{"model":"b"}', "syntax"],
    ["a NUL inside a string", '{"model":"a\0"}', "syntax"],
    ["a byte order mark", '\ufeff{"model":"a"}', "syntax"],
    ["endless nesting", `{"a":${"[".repeat(100_000)}`, "syntax"],
    ["two models", '{"model":"a","model":"b"}', "model"],
    ["two models that differ in case", '{"model":"a","MODEL":"b"}', "model"],
    ["two models, one hidden by escapes", '{"model":"a","mod\\u0065l":"b"}', "model"],
    ["a number as model", '{"model":1}', "model"],
    ["an object as model", '{"model":{"name":"a"}}', "model"],
    ["a boolean as model", '{"model":true}', "model"],
  ];
  for (const [name, body, fault] of cases) {
    test(name, () => {
      const result = inspectJson(bytes(body));
      assert.equal(result.kind === "invalid" ? result.fault : "accepted", fault);
    });
  }
});

test("inspectJson agrees with JSON.parse on every object", () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue()).filter((o) => modelKeys(o).length === 0);
  fc.assert(fc.property(object, fc.option(fc.string(), { nil: undefined }), fc.nat(), (rest, model, at) => {
    const entries = Object.entries(rest);
    if (model !== undefined) entries.splice(at % (entries.length + 1), 0, ["model", model]);
    const body = `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")}}`;
    assert.equal(modelOf(body), model);
  }));
});

function modelKeys(object: object): string[] {
  return Object.keys(object).filter((key) => key.toLowerCase() === "model");
}

test("inspectJson never throws, whatever the bytes are", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (body) => void inspectJson(body)));
  const jsonish = fc.string({ unit: fc.constantFrom("{", "}", "[", "]", '"', "\\", ":", ",", "m", "model", "1", " ") });
  fc.assert(fc.property(jsonish, (body) => void inspectJson(bytes(`{${body}`))));
});

test("inspectJson scans a view that begins inside a larger buffer", () => {
  const whole = bytes('xxxx{"model":"a"}yyyy');
  const result = inspectJson(whole.subarray(4, whole.length - 4));
  assert.equal(result.kind === "ok" ? result.model : undefined, "a");
});

test("splice puts another model in its place and changes no other byte", () => {
  const name = fc.string({ minLength: 1 });
  fc.assert(fc.property(name, name, fc.jsonValue(), (from, to, other) => {
    const before = `{ "x" : ${JSON.stringify(other)} ,"model" :${JSON.stringify(from)} , "y":1}`;
    const found = inspectJson(bytes(before));
    assert.ok(found.kind === "ok" && found.modelSpan !== undefined);
    const after = text(splice(bytes(before), found.modelSpan, bytes(JSON.stringify(to))));
    assert.equal(after, `{ "x" : ${JSON.stringify(other)} ,"model" :${JSON.stringify(to)} , "y":1}`);
  }));
});
