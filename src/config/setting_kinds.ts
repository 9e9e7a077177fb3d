/**
 * The kinds of value that a setting can have. Every scalar arrives as text, from the YAML file, from the environment
 * or from a flag, and each kind reads that text in one place. Messages say only what is expected: what was found, where,
 * and whether it may be shown is added by `validate.ts`.
 * @module
 */
import * as v from "valibot";
import { cidrProblem } from "../lib/cidr.ts";
import { formatDuration, parseDuration } from "../lib/durations.ts";
import { globProblem } from "../lib/glob.ts";
import { parseSize } from "../lib/sizes.ts";

/** Timers of the runtime hold 31 bits of milliseconds; a longer one would fire at once. */
const LONGEST_DURATION_MS = 596 * 60 * 60 * 1000;

/** Names the kind of a value for the reference. */
function named<TInput>(type: string) {
  return v.metadata<TInput, { type: string }>({ type });
}

/** Marks a value that no message, status or log may show. */
const SECRET = { secret: true } as const;

/** Marks a text in which `${VAR}` and `${VAR:-default}` are replaced from the environment. */
const EXPANDED = { expanded: true } as const;

/** Any text. */
export function text(expected = "a text") {
  return v.string(`must be ${expected}`);
}

/** A text with at least one character that is not white space. */
export function nonEmptyText(expected = "a text that is not empty") {
  return v.pipe(text(expected), v.check((value) => value.trim() !== "", `must be ${expected}`));
}

/** A text in which `${VAR}` is replaced from the environment before it is read. */
export function expandedText(expected?: string) {
  return v.pipe(text(expected), v.metadata(EXPANDED));
}

/** A text that is never shown. `${VAR}` in it is replaced by `secrets.ts`, which can name the variable. */
export function secretText(expected?: string) {
  return v.pipe(text(expected), v.metadata(SECRET));
}

/** A schema whose own value is never shown in a message (a credential may stand there by mistake). */
export function secret<TSchema extends v.GenericSchema>(schema: TSchema) {
  return v.pipe(schema, v.metadata(SECRET));
}

function readInteger(value: string): number | undefined {
  const plain = value.replaceAll("_", "");
  if (!/^[+-]?(?:\d+|0x[0-9a-f]+|0o[0-7]+)$/i.test(plain)) return undefined;
  const number = Number(plain.replace(/^\+/, ""));
  return Number.isSafeInteger(number) ? number : undefined;
}

/** A whole number; `100_000`, `0x1f` and `0o17` are read as YAML does. */
export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER) {
  const expected = max === Number.MAX_SAFE_INTEGER
    ? `must be a whole number of ${min} or more`
    : `must be a whole number from ${min} to ${max}`;
  return v.pipe(
    v.string(expected),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const number = readInteger(dataset.value);
      if (number !== undefined && number >= min && number <= max) return number;
      addIssue({ message: expected });
      return NEVER;
    }),
    named("whole number"),
  );
}

const TRUE_WORDS = new Set(["true", "yes", "on", "y"]);
const FALSE_WORDS = new Set(["false", "no", "off", "n"]);

/** `true` or `false`, with YAML 1.1's `yes`, `no`, `on` and `off`, as the Go program reads them. */
export function boolean() {
  const expected = "must be true or false";
  return v.pipe(
    v.string(expected),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const word = dataset.value.toLowerCase();
      if (TRUE_WORDS.has(word)) return true;
      if (FALSE_WORDS.has(word)) return false;
      addIssue({ message: expected });
      return NEVER;
    }),
    named("true or false"),
  );
}

function durationProblem(value: string, min: number): string | undefined {
  if (/^[+-]?[\d_.]+$/.test(value) && Number(value.replaceAll("_", "")) !== 0) {
    return `must have a unit, such as ${value}s, ${value}m or ${value}ms`;
  }
  const ms = parseDuration(value);
  if (ms === undefined) return 'must be a duration such as "30s", "1m30s" or "500ms"';
  if (ms < min) return min === 0 ? "must not be negative" : `must be at least ${formatDuration(min)}`;
  if (ms > LONGEST_DURATION_MS) return "must be at most 596h (24.8 days)";
  return undefined;
}

/** A Go duration (`5s`, `1m30s`, `1.5h`, `500ms`, `0`), read to milliseconds. */
export function duration(options: { min?: number } = {}) {
  const { min = 0 } = options;
  return v.pipe(
    v.string('must be a duration such as "30s", "1m30s" or "500ms"'),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const problem = durationProblem(dataset.value, min);
      if (problem === undefined) return parseDuration(dataset.value) ?? NEVER;
      addIssue({ message: problem });
      return NEVER;
    }),
    named("duration"),
  );
}

/** A number of bytes, or a size with a binary unit (`100MB` = 104857600), read to bytes. */
export function size(options: { min?: number; max?: number } = {}) {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = options;
  const expected = 'must be a number of bytes or a size such as "100MB"';
  return v.pipe(
    v.string(expected),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const bytes = parseSize(dataset.value);
      if (bytes === undefined) addIssue({ message: expected });
      else if (bytes < min) addIssue({ message: `must be ${min} or more` });
      else if (bytes > max) addIssue({ message: `must be at most ${max} bytes` });
      else return bytes;
      return NEVER;
    }),
    named("size"),
  );
}

/** A number for which 0 means the default, as in the Go program. */
export function orDefault<TSchema extends v.GenericSchema<unknown, number>>(schema: TSchema, fallback: number) {
  return v.pipe(schema, v.transform((value) => value === 0 ? fallback : value));
}

/** One of a few lower-case words; upper and lower case are the same. */
export function oneOf<const TWords extends readonly [string, ...string[]]>(words: TWords) {
  const quoted = words.map((word) => `"${word}"`);
  const expected = quoted.length === 1
    ? `must be ${quoted[0]}`
    : `must be ${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
  return v.pipe(v.string(expected), v.toLowerCase(), v.picklist(words, expected));
}

/** A list of one kind of thing. */
export function list<TItem extends v.GenericSchema>(item: TItem, expected = "a list") {
  return v.array(item, `must be ${expected}`);
}

/** A range of addresses such as `10.0.0.0/8` or `::1/128`. */
export function cidr() {
  return v.pipe(
    text("a range of addresses such as 10.0.0.0/8"),
    v.rawCheck(({ dataset, addIssue }) => {
      const problem = dataset.typed ? cidrProblem(dataset.value) : undefined;
      if (problem !== undefined) addIssue({ message: problem });
    }),
    named("address range"),
  );
}

/** A name pattern with `*` at its start, its end, or both. */
export function glob() {
  return v.pipe(
    text("a name or a pattern such as llama*"),
    v.rawCheck(({ dataset, addIssue }) => {
      const problem = dataset.typed ? globProblem(dataset.value) : undefined;
      if (problem !== undefined) addIssue({ message: problem });
    }),
    named("pattern"),
  );
}

/** A setting with a default (as YAML text) and a description for the reference. */
export function setting<
  const TSchema extends v.GenericSchema,
  const TDefault extends v.InferInput<TSchema>,
>(schema: TSchema, fallback: TDefault, about: string) {
  return v.pipe(v.nullish(schema, fallback), v.description(about));
}

/** A setting that may be left out and has no default. */
export function optionalSetting<const TSchema extends v.GenericSchema>(schema: TSchema, about: string) {
  return v.pipe(v.nullish(schema), v.transform((value) => value ?? undefined), v.description(about));
}

/** A mapping of settings, complete with their defaults when it is left out. */
export function section<const TEntries extends v.ObjectEntries>(entries: TEntries, about: string) {
  return v.pipe(
    v.nullish(mapping(entries), {} as v.InferInput<v.ObjectSchema<TEntries, string>>),
    v.description(about),
  );
}

/** Refuses a list, which valibot takes for an object without keys. */
function notList<TSchema extends v.GenericSchema>(schema: TSchema): TSchema {
  return {
    ...schema,
    "~run"(dataset: v.UnknownDataset, config: v.Config<v.BaseIssue<unknown>>) {
      if (!Array.isArray(dataset.value)) return schema["~run"](dataset, config);
      v._addIssue(schema, "type", dataset, config);
      return dataset;
    },
  };
}

/** A mapping whose keys are the user's own. */
export function record<TKey extends v.GenericSchema<string, string>, TValue extends v.GenericSchema>(
  key: TKey,
  value: TValue,
  expected: string,
) {
  return notList(v.record(key, value, `must be ${expected}`));
}

/** A mapping with known keys. Keys that it does not know are reported by `unknown_keys.ts`. */
export function mapping<const TEntries extends v.ObjectEntries>(entries: TEntries) {
  return notList(v.object(entries, `must be a mapping (such as ${Object.keys(entries)[0]}: …)`));
}
