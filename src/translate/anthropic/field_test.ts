import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { refusalOf } from "./anthropic_test_support.ts";
import {
  fieldAt,
  readBoolean,
  readField,
  readFields,
  readInteger,
  readNumber,
  readText,
  requireText,
} from "./field.ts";

const field = fieldAt({ text: "a", number: 1.5, yes: true, nothing: null, list: [{}, 3], object: { deep: 1 } }, "at.0");

describe("A field of another type is refused with its path and what stands there", () => {
  const cases: [run: () => unknown, path: string, message: string][] = [
    [() => readText(field, "number"), "at.0.number", "at.0.number must be a string, received a number"],
    [() => readNumber(field, "yes"), "at.0.yes", "at.0.yes must be a number, received a boolean"],
    [() => readInteger(field, "number"), "at.0.number", "at.0.number must be a whole number, received a number"],
    [() => readBoolean(field, "text"), "at.0.text", "at.0.text must be true or false, received a string"],
    [() => readField(field, "list"), "at.0.list", "at.0.list must be an object, received a list"],
    [() => readFields(field, "list"), "at.0.list.1", "at.0.list.1 must be an object, received a number"],
    [() => readFields(field, "object"), "at.0.object", "at.0.object must be a list, received an object"],
    [() => requireText(field, "missing"), "at.0.missing", "at.0.missing is missing: give it a text"],
    [() => fieldAt(null, "messages.1"), "messages.1", "messages.1 must be an object, received null"],
  ];
  for (const [run, path, message] of cases) test(message, () => assert.deepEqual(refusalOf(run), [path, message]));
});

test("A field that is missing or null counts as not given", () => {
  for (const key of ["missing", "nothing"]) {
    assert.equal(readText(field, key), undefined);
    assert.equal(readNumber(field, key), undefined);
    assert.equal(readField(field, key), undefined);
    assert.deepEqual(readFields(field, key), []);
  }
});

test("An object inside carries its own path", () => {
  assert.deepEqual(readField(field, "object"), { value: { deep: 1 }, path: "at.0.object" });
});
