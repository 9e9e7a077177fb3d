import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { BUILTIN_PROFILES } from "./builtin_profiles.ts";
import { parsePlainYaml } from "./plain_yaml.ts";
import { parseFully } from "./yaml_tree.ts";

/** Pieces of lines, sound ones and traps. */
const STARTS = ["", "  ", "    ", "- ", "  - ", "-   ", "    - ", "   ", "-", "- - "];
const KEYS = ["a:", "b:", "c_d:", "null:", "<<:", '"q":', "a b:", "__proto__:", "? a:", "a :", "9:", ""];
const VALUES = [
  ...["", " x", " x y", "  x  y", " http://h:1/p#q", " ${V:-d}", " null", " ~", " 'it'", " 'it''s'", ' "q"', ' "\\n"'],
  ...[
    " # note",
    " x # note",
    " x#y",
    ' "q" # note',
    ' "a # b"',
    ' "q"#',
    " - x",
    " -",
    " -1",
    " [a, b]",
    " []",
    " [a,, b]",
  ],
  ...[
    " ['x', \"y\"] # n",
    " [a b, c]",
    " [~]",
    " [a: b]",
    " [a",
    " {}",
    " {a: b}",
    " |",
    " >-",
    " &x y",
    " *x",
    " !t y",
  ],
  ...[
    " a: b",
    " a:",
    " x:y",
    " %x",
    " @x",
    " `x",
    ", x",
    " x,",
    " ]",
    "x",
    " \tx",
    " ü",
    " x\u00a0",
    " \u2028",
    " x\u3000",
    " \u3000x",
    " [x\u3000]",
    " \ud83d\ude00",
    " :x",
  ],
];
const WHOLE_LINES = ["", "# note", "  # note", "---", "...", "%YAML 1.2", " ", "\ta: b", "a", "  text"];

const line = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(...[STARTS, KEYS, VALUES].map((pool) => fc.constantFrom(...pool))) },
  { weight: 1, arbitrary: fc.constantFrom(...WHOLE_LINES).map((text) => [text]) },
).map((parts) => parts.join(""));

type Tree = string | readonly Tree[] | { readonly [key: string]: Tree };

const { tree: anyTree } = fc.letrec<{ tree: Tree; mapping: Tree }>((tie) => ({
  mapping: fc.dictionary(fc.constantFrom("a", "b", "c_d", "null", "toString"), tie("tree"), { minKeys: 1, maxKeys: 4 }),
  tree: fc.oneof(
    { depthSize: "medium", maxDepth: 5 },
    fc.constantFrom("", "x", "x y", "'y'", '"z # z"', "[p, 'q']", "# note", "u#v", "~", "http://h:1", "w  # note"),
    tie("mapping"),
    fc.array(fc.oneof(tie("mapping"), fc.constantFrom("x", "'y'", "[p]", "a:b", "~")), { minLength: 1, maxLength: 3 }),
  ),
}));

/** The lines of a tree; each block takes its indent from `steps`. */
function render(tree: Tree, indent: number, steps: readonly number[]): string[] {
  const [step = 2, ...rest] = steps;
  const pad = " ".repeat(indent);
  if (typeof tree === "string") return [pad + tree];
  if (Array.isArray(tree)) {
    return tree.flatMap((item) => [`${pad}- ${render(item, indent + 2, rest).join("\n").trimStart()}`]);
  }
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string"
      ? [`${pad}${key}: ${value}`]
      : [`${pad}${key}:`, ...render(value, indent + (Array.isArray(value) ? step - 1 : step), rest)]
  );
}

/** Sound files, and such with one line that is put in, changed or moved. */
const nearlySound = fc.tuple(
  anyTree.filter((tree) => typeof tree === "object" && !Array.isArray(tree)),
  fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 6 }),
  fc.option(fc.tuple(fc.nat(30), fc.constantFrom("insert", "replace", "deeper"), line)),
).map(([tree, steps, change]) => {
  const lines = render(tree, 0, steps).join("\n").split("\n");
  if (change === null) return lines.join("\n");
  const [at, how, text] = change;
  const place = at % lines.length;
  if (how === "deeper") lines[place] = ` ${lines[place]}`;
  else lines.splice(place, how === "replace" ? 1 : 0, text);
  return lines.join("\n");
});

const anything = fc.array(line, { maxLength: 4 }).map((lines) => lines.join("\n"));

describe("parsePlainYaml()", () => {
  for (const { file, text } of BUILTIN_PROFILES) {
    test(`reads ${file}`, () => assert.deepEqual(parsePlainYaml(text)?.root, parseFully(text).root));
  }

  test("reads lists of mappings, at the indent of their key and below it", () => {
    const text = "a:\n- b: 1\n  c:\n    d: [x, 'y']\n- b: http://h:1\ne:\n  - f # note\n  - \"g # h\"\ni:\n";
    assert.deepEqual(JSON.parse(JSON.stringify(parsePlainYaml(text)?.root)), {
      a: [{ b: "1", c: { d: ["x", "y"] } }, { b: "http://h:1" }],
      e: ["f", "g # h"],
      i: null,
    });
  });

  test("a file of comments has no root", () => assert.deepEqual(parsePlainYaml("# a\n\n  # b\n"), { root: undefined }));

  for (const text of ["a: x\n| b", "a: x\n  b: y", "a: 1\na: 2", "a: |\n  x", "- a", "a: {}", "a: x\n  y", "a: *b"]) {
    test(`leaves ${JSON.stringify(text)} to the full parser`, () => assert.equal(parsePlainYaml(text), undefined));
  }

  for (const [name, files] of [["any", anything], ["nearly sound", nearlySound]] as const) {
    test(`what it reads of ${name} files, the full parser reads alike and without a complaint`, () => {
      let read = 0;
      fc.assert(
        fc.property(files, (text) => {
          const plain = parsePlainYaml(text);
          if (plain === undefined) return;
          read++;
          const full = parseFully(text);
          assert.deepEqual(full.problems, []);
          assert.deepEqual(plain.root, full.root);
        }),
        { numRuns: 2000 },
      );
      assert.ok(read > 50, `only ${read} of the files were plain: the test says little`);
    });
  }
});
