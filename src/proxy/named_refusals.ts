/** What a server says of one fault of a request. */
interface Statement {
  readonly text: string;
  /** Names of the field at fault, from the outermost; undefined where only the text tells. */
  readonly place: readonly string[] | undefined;
}

/** Words for a field that a server does not know or take. That a value is wrong is another fault. */
const REFUSAL =
  /unrecogni[sz]ed|unsupported|(?:is|are|was|were)(?: not|n't) supported|not supported|(?:does|do)(?: not|n't) support|unknown (?:\w+ ){0,2}?(?:name|field|parameter|argument|property|key)|unexpected (?:\w+ )?(?:field|parameter|argument|property|key)|extra[ _](?:fields?|inputs?)|extra_forbidden|value_error\.extra|not permitted|additional properties|not a valid (?:field|parameter|argument)/gi;

/** Where a sentence ends, or goes on to name what would be right: "expected one of `a`, `b`", "use c instead". */
const CLAUSE_END =
  /[.!?](?=\s|$)|[;\n]|\b(?:expected|use|try|did you mean|(?<!not )(?<!not a )(?:supported|allowed|valid|permitted|known) (?:fields|parameters|arguments|properties|names|values))\b/i;

/** How far from such words a name may stand, in UTF-16 units. */
const NEAR = 120;

/** Parts of a JSON error that tell of the fault. Others (`input`, `ctx`, `body`) may say the request again. */
const TELLING = ["error", "errors", "detail", "details", "message", "msg", "fieldViolations", "description"] as const;
const DEEPEST = 6;

/** Errors of pydantic, which some servers write as Python does. */
const PYTHON_ERROR = /'type': '([^']*)', 'loc': \(([^)]*)\), 'msg': ['"]([^'"]*)['"]/g;

/**
 * The fields of a request that an error answer says the server does not know or take.
 *
 * @param text The answer: JSON, or words. JSON that is cut off says nothing.
 * @param fields Names to look for.
 */
export function namedRefusals(text: string, fields: readonly string[]): string[] {
  const statements = statementsOf(text);
  return fields.filter((field) => statements.some((statement) => refuses(statement, field)));
}

function refuses({ text, place }: Statement, field: string): boolean {
  if (place !== undefined) return isAt(place, field) && text.search(REFUSAL) >= 0;
  return text.split(CLAUSE_END).some((clause) =>
    [...clause.matchAll(REFUSAL)].some(({ index, 0: words }) =>
      mentions(clause.slice(Math.max(0, index - NEAR), index + words.length + NEAR), field)
    )
  );
}

/** Inside of messages, the names on the way are those of roles and kinds: only the last is the field. */
function isAt(place: readonly string[], field: string): boolean {
  return place.includes("messages") ? field === "reasoning_content" && place.at(-1) === field : place.includes(field);
}

/** Whether a text speaks of a field, and not of one whose name only contains it. */
function mentions(text: string, field: string): boolean {
  // "user" is also a role, and the person who reads the message.
  if (field === "user") return /(?:parameter|field|argument|inputs?)\W+(?:\w+\W+){0,4}user\b/i.test(text);
  return new RegExp(`(?<![A-Za-z0-9_])${field}(?![A-Za-z0-9_])`).test(text);
}

function statementsOf(text: string): Statement[] {
  if (!/^\s*[[{]/.test(text)) return inWords(text);
  try {
    const found: Statement[] = [];
    collect(JSON.parse(text), found, DEEPEST);
    return found;
  } catch {
    return [];
  }
}

function collect(value: unknown, into: Statement[], depth: number): void {
  if (depth === 0) return;
  if (typeof value === "string") into.push(...inWords(value));
  else if (Array.isArray(value)) { for (const item of value) collect(item, into, depth - 1); }
  else if (typeof value === "object" && value !== null) collectFields(value as Record<string, unknown>, into, depth);
}

function collectFields(fault: Record<string, unknown>, into: Statement[], depth: number): void {
  const { loc, param } = fault;
  const said = [fault.message, fault.msg, fault.type, fault.code].filter((part) => typeof part === "string").join("\n");
  if (Array.isArray(loc)) {
    into.push({ text: said, place: loc.filter((name) => typeof name === "string") });
    return;
  }
  // As `messages[1].reasoning_content`.
  if (typeof param === "string") into.push({ text: said, place: param.split(/[^\w-]+/).filter((name) => name !== "") });
  for (const key of TELLING) collect(fault[key], into, depth - 1);
}

function inWords(text: string): Statement[] {
  const errors = [...text.matchAll(PYTHON_ERROR)];
  if (errors.length === 0) return [{ text, place: undefined }];
  return errors.map(([, type, loc = "", message]) => ({
    text: `${type}\n${message}`,
    place: [...loc.matchAll(/'([^']*)'/g)].map(([, name = ""]) => name),
  }));
}
