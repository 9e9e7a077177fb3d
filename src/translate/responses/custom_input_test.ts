import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { CustomInput } from "./custom_input.ts";

function readAll(pieces: readonly string[]): { readonly text: string; readonly before: string } {
  const reader = new CustomInput();
  const before = pieces.map((piece) => reader.push(piece)).join("");
  return { before, text: before + reader.end() };
}

/** Cuts a text at these places. */
function cut(text: string, places: readonly number[]): string[] {
  const at = [0, ...places.map((place) => place % (text.length + 1)).sort((a, b) => a - b), text.length];
  return at.slice(1).map((end, i) => text.slice(at[i], end));
}

describe("CustomInput", () => {
  test("gives any well-formed text back, wherever its arguments are cut, before they end", () => {
    const text = fc.string({ unit: "grapheme" });
    fc.assert(fc.property(text, fc.array(fc.nat(500)), fc.constantFrom(0, 2), (input, places, indent) => {
      const read = readAll(cut(JSON.stringify({ input }, null, indent), places));
      assert.equal(read.text, input);
      assert.equal(read.before, input);
    }));
  });

  test("reads text that is escaped to the last character", () => {
    const escaped = (text: string) =>
      [...text].flatMap((c) => c.split("")).map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), fc.array(fc.nat(500)), (input, places) => {
      assert.equal(readAll(cut(`{"input":"${escaped(input)}"}`, places)).text, input);
    }));
  });

  test("never sends half of a surrogate pair", () => {
    const reader = new CustomInput();
    const pieces = [...'{"input":"a\\ud83d\\ude00"}'].map((piece) => reader.push(piece)).filter((text) => text !== "");
    assert.deepEqual(pieces, ["a", "😀"]);
  });

  const odd: [what: string, args: string, text: string][] = [
    ["a raw text", "*** Begin Patch\n*** End Patch", "*** Begin Patch\n*** End Patch"],
    ["nothing", "", ""],
    ["an empty object", "{}", ""],
    ["a JSON string", '"ls -l"', "ls -l"],
    ["a sole field of another name", '{"patch":"x"}', "x"],
    ["input as the second field", '{"note":"n","input":"x"}', "x"],
    ["input after a long field", `{"note":"${"n".repeat(300)}","input":"x"}`, "x"],
    ["fields that cannot be told apart", '{"a":"1","b":"2"}', '{"a":"1","b":"2"}'],
    ["an input that is no text", '{"input":{"a":1}}', '{"input":{"a":1}}'],
    ["a list", "[1]", "[1]"],
    ["more fields behind", '{"input":"x","y":1}', "x"],
    ["text that was cut off", '{"input":"ab\\n', "ab\n"],
    ["an escape that was cut off", '{"input":"ab\\u00', "ab"],
    ["raw line ends", '{"input":"a\nb"}', "a\nb"],
    ["a backslash that escapes nothing", '{"input":"a\\d\\u00zz"}', "a\\d\\u00zz"],
    ["lone halves of pairs", '{"input":"\\ud83dx\\ude00"}', "\ufffdx\ufffd"],
  ];
  for (const [what, args, text] of odd) {
    test(`reads ${what}, in one piece and by letters`, () => {
      assert.equal(readAll([args]).text, text);
      assert.equal(readAll(args.split("")).text, text);
    });
  }

  test("takes any text for arguments, and reads the same however it is cut", () => {
    const args = fc.oneof(fc.string(), fc.string().map((text) => `{"input":"${text}`), fc.json());
    fc.assert(fc.property(args, fc.array(fc.nat(500)), (raw, places) => {
      assert.equal(readAll(cut(raw, places)).text, readAll([raw]).text);
    }));
  });
});
