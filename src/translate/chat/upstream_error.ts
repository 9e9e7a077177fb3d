import type { JsonObject } from "./chat_request.ts";
import { hideAddresses } from "./hide_addresses.ts";
import { objectOf, textOf } from "./json_object.ts";

/** What a backend says of its failure. */
export interface BackendError {
  /** For the client's user: one line without addresses, never empty, at most 1,000 characters. */
  readonly message: string;
  /** The backend's own word for the kind, such as `invalid_request_error`. */
  readonly type?: string;
  /** The backend's own code as text, such as `context_length_exceeded` or `400`. */
  readonly code?: string;
}

const LONGEST_MESSAGE = 1000;
const LONGEST_WORD = 100;
/** Of a list of faults in a request, as many are told. */
const MOST_FAULTS = 5;

/** One line, bounded, fit to be shown; undefined when nothing is left. */
function shownMessage(text: string): string | undefined {
  const line = hideAddresses(text).replace(/\s+/g, " ").trim();
  if (line.length <= LONGEST_MESSAGE) return line === "" ? undefined : line;
  // A cut between the halves of a character would leave half a character.
  return line.slice(0, LONGEST_MESSAGE - 1).replace(/[\ud800-\udbff]$/, "") + "…";
}

/** A `type` or `code`, whose values come as text or as a number. */
function wordOf(value: unknown): string | undefined {
  const word = typeof value === "number" ? String(value) : textOf(value);
  return word === undefined || word.length > LONGEST_WORD ? undefined : hideAddresses(word);
}

/** FastAPI's and Pydantic's faults: `{loc: ["body", "messages", 0], msg: "Field required"}`. */
function faultOf(entry: unknown): string | undefined {
  if (typeof entry === "string") return entry;
  const fault = objectOf(entry);
  const message = textOf(fault?.["msg"]) ?? textOf(fault?.["message"]);
  const place = fault?.["loc"];
  return message !== undefined && Array.isArray(place) ? `${place.join(".")}: ${message}` : message;
}

/** The sentence in whatever stands where a message should; objects and lists are searched for theirs. */
function sentenceIn(value: unknown): string | undefined {
  if (typeof value === "string") return textOf(value.trim());
  if (Array.isArray(value)) {
    const faults = value.slice(0, MOST_FAULTS).map(faultOf).filter((fault) => fault !== undefined);
    return faults.length === 0 ? undefined : faults.join("; ");
  }
  const object = objectOf(value);
  for (const key of ["message", "msg", "detail", "error", "error_message"]) {
    const sentence = textOf(object?.[key]);
    if (sentence !== undefined) return sentence;
  }
  return undefined;
}

function backendError(message: string | undefined, fields: JsonObject, otherwise: string): BackendError {
  const type = wordOf(fields["type"]);
  const code = wordOf(fields["code"]);
  return {
    message: (message === undefined ? undefined : shownMessage(message)) ?? otherwise,
    ...(type === undefined ? {} : { type }),
    ...(code === undefined ? {} : { code }),
  };
}

const UNNAMED = "The backend reports an error, but does not say which";

/** The error inside an object, in any known shape; `otherwise` is the message when it has none. */
function errorOf(json: JsonObject, otherwise: string): BackendError {
  const inner = objectOf(json["error"]) ?? objectOf(json["detail"]);
  if (inner !== undefined) return backendError(sentenceIn(inner), inner, otherwise);
  // `type` beside a plain text may be the kind of event ("error"), which is no news.
  const { type, ...fields } = json;
  const message = sentenceIn(json["error"]) ?? sentenceIn(json["message"]) ?? sentenceIn(json["detail"]) ??
    sentenceIn(json["errors"]) ?? sentenceIn(json);
  return backendError(message, type === "error" ? fields : json, otherwise);
}

/**
 * The error that a backend reports with status 200 or inside a stream; undefined for what is no error. It is asked of
 * every event, so the usual case costs three look-ups.
 */
export function backendErrorIn(json: JsonObject): BackendError | undefined {
  const error = json["error"];
  const isError = (typeof error === "object" && error !== null) || (typeof error === "string" && error !== "");
  if (!isError && json["object"] !== "error" && json["type"] !== "error") return undefined;
  return errorOf(json, UNNAMED);
}

/** What a proxy's error page says: its title, else its first heading, else its text. */
function textOfHtml(html: string): string {
  const heading = /<title[^<>]*>([^<]+)<\/title>/i.exec(html)?.[1] ?? /<h1[^<>]*>([^<]+)<\/h1>/i.exec(html)?.[1];
  return heading ?? html.replace(/<(script|style)\b[^<]*<\/\1>/gi, " ").replace(/<[^<>]*>/g, " ");
}

/** More than this of a body is not read for a message. */
const LONGEST_READ = 1_048_576;

/** The error in the text of a body or of an `event: error`: JSON of any known shape, plain text, or a page. */
export function errorOfText(body: string, otherwise: string = UNNAMED): BackendError {
  const text = body.slice(0, LONGEST_READ).trim();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    const plain = text.startsWith("<") ? textOfHtml(text.slice(0, 65_536)) : text;
    return backendError(plain, {}, otherwise);
  }
  // Gemini puts its error into a list.
  const value: unknown = Array.isArray(json) ? json[0] : json;
  const object = objectOf(value);
  return object === undefined
    ? backendError(typeof value === "string" ? value : undefined, {}, otherwise)
    : errorOf(object, otherwise);
}

/**
 * What a backend's error answer says, for an `OllaError` with the backend's status.
 *
 * @param status The backend's, 400 to 599.
 * @param body Its body as text, complete or only its beginning.
 */
export function upstreamError(status: number, body: string): BackendError {
  return errorOfText(body, `The backend answered with status ${status} and no message`);
}
