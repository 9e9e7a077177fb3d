import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parseYaml, valueAt } from "./yaml_tree.ts";

function plain(text: string): unknown {
  return JSON.parse(JSON.stringify(parseYaml(text).root ?? null));
}

describe("parseYaml", () => {
  const trees: [string, string, unknown][] = [
    ["an empty file", "", null],
    ["comments alone", "# nothing\n", null],
    ["a lone document marker", "---\n", null],
    ["scalars as the text that they are", "a: 012\nb: yes\nc: 1e3", { a: "012", b: "yes", c: "1e3" }],
    ["the words for nothing as null", "a:\nb: ~\nc: null\nd: NULL", { a: null, b: null, c: null, d: null }],
    ["quoted words for nothing as text", "a: ''\nb: 'null'", { a: "", b: "null" }],
    ["a byte order mark and CRLF", "\uFEFFa: 1\r\nb: 2\r\n", { a: "1", b: "2" }],
    ["standard tags", "a: !!str 5", { a: "5" }],
    ["block texts", "a: |\n  x\n  y\n", { a: "x\ny\n" }],
    ["anchors and aliases", "a: &x {k: v}\nb: *x", { a: { k: "v" }, b: { k: "v" } }],
    ["merges, where what is there wins", "a: &x {k: v, l: w}\nb:\n  <<: *x\n  k: own", {
      a: { k: "v", l: "w" },
      b: { k: "own", l: "w" },
    }],
    ["merges of several, where the first wins", "x: &x {k: 1}\ny: &y {k: 2, l: 3}\nb:\n  <<: [*x, *y]", {
      x: { k: "1" },
      y: { k: "2", l: "3" },
      b: { k: "1", l: "3" },
    }],
    ["a top-level list", "- a\n- b", ["a", "b"]],
  ];
  for (const [what, text, tree] of trees) {
    test(`reads ${what}`, () => {
      assert.deepEqual(parseYaml(text).problems, []);
      assert.deepEqual(plain(text), tree);
    });
  }

  const faults: [string, string, RegExp, number, number][] = [
    ["a tab", "a:\n\tb: 1", /tab/, 2, 1],
    ["an open bracket", "a: [1, 2", /bracket/, 1, 9],
    ["an open quote", 'a: "x', /quote/, 1, 6],
    ["a second colon", "a: b: c", /second ": "/, 1, 4],
    ["a missing space after a colon", "a:1\nb: 2", /no key/, 1, 1],
    ["a reserved character", "a: @x", /quotes/, 1, 4],
    ["crooked indentation", "a:\n  b: 1\n c: 2", /indentation/, 3, 1],
    ["a second document", "a: 1\n---\nb: 2", /second document/, 2, 1],
    ["a key given twice", "a: 1\nb: 2\na: 3", /twice; the first is in line 1/, 3, 1],
    ["an alias without its anchor", "a: *x", /anchor/, 1, 4],
    ["an alias to itself", "a: &x\n  b: *x", /refers to itself/, 2, 6],
    ["a tag of its own", "a: !vault x", /tag/, 1, 11],
    ["a key that is no text", "? [a]\n: b", /not a text/, 1, 3],
    ["UTF-16", "a\0:\0 \0", /UTF-8/, 1, 1],
  ];
  for (const [what, text, message, line, column] of faults) {
    test(`reports ${what} with its place`, () => {
      const { problems } = parseYaml(text);
      assert.equal(problems.length, 1);
      assert.match(problems[0]?.message ?? "", message);
      assert.deepEqual(problems[0]?.position, { line, column });
    });
  }

  test("quotes nothing of a file with broken syntax", () => {
    const secret = "hunter2";
    for (
      const text of [
        `a: *${secret}`,
        `a: !${secret} x`,
        `a: [${secret}`,
        `a: "${secret}`,
        `${secret}: b: c`,
        `${secret}\nb: 1`,
      ]
    ) {
      const { problems } = parseYaml(text);
      assert.ok(problems.length > 0, text);
      assert.ok(!JSON.stringify(problems.map((problem) => problem.message)).includes(secret), text);
    }
  });

  test("gives up on an alias bomb instead of hanging", () => {
    const levels = Array.from(
      { length: 12 },
      (_, n) => `l${n + 1}: &l${n + 1} [${Array(12).fill(`*l${n}`).join(", ")}]`,
    );
    const file = parseYaml(["l0: &l0 x", ...levels].join("\n"));
    assert.ok(file.broken);
    assert.match(file.problems[0]?.message ?? "", /aliases repeat too much/);
  });

  for (const deep of ["[".repeat(50_000), "- ".repeat(20_000), `${"{a: ".repeat(300)}1${"}".repeat(300)}`]) {
    test(`gives up on ${deep.slice(0, 6)}… nested without end`, () => assert.ok(parseYaml(deep).broken));
  }

  test("says where keys and values stand", () => {
    const file = parseYaml("server:\n  port: 1\nendpoints:\n  - url: x\n    name: y\n");
    assert.deepEqual(file.positionOfKey(["server", "port"]), { line: 2, column: 3 });
    assert.deepEqual(file.positionOfValue(["server", "port"]), { line: 2, column: 9 });
    assert.deepEqual(file.positionOfValue(["endpoints", 0, "name"]), { line: 5, column: 11 });
    assert.equal(file.positionOfValue(["endpoints", 1]), undefined);
  });

  test("keeps __proto__ an ordinary key", () => {
    const { root } = parseYaml("__proto__:\n  polluted: 1");
    assert.equal(valueAt(root, ["__proto__", "polluted"]), "1");
    assert.equal(Reflect.get({}, "polluted"), undefined);
  });

  test("reads back any tree of texts that JSON can say", () => {
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.array(tie("tree"), { maxLength: 4 }),
        fc.dictionary(fc.string().filter((key) => key !== "__proto__"), tie("tree"), { maxKeys: 4 }),
      ),
    }));
    fc.assert(fc.property(tree, (value) => {
      assert.deepEqual(plain(JSON.stringify(value)), JSON.parse(JSON.stringify(value)));
    }));
  });

  test("never throws", () => {
    const unit = fc.constantFrom(
      "a",
      ":",
      " ",
      "\n",
      "-",
      "[",
      "]",
      "{",
      "}",
      "&",
      "*",
      "!",
      "|",
      ">",
      "'",
      '"',
      "#",
      "\t",
      "<",
      "%",
      ",",
      "?",
    );
    fc.assert(fc.property(fc.string({ unit, maxLength: 60 }), (text) => void parseYaml(text)), { numRuns: 500 });
  });
});
