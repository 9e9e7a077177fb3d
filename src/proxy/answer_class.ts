import { saysLoading } from "../lib/loading_text.ts";
import { parseRetryAfter } from "../lib/retry_after.ts";
import type { OutcomeKind } from "./retry.ts";

/** What classification reads of an answer. */
export interface AnswerFacts {
  readonly status: number;
  readonly headers: Headers;
  /** The start of the body, decoded; empty where it was not read. */
  readonly text: string;
  /** True when the request carried credentials of ours, false when the client's own were forwarded. */
  readonly ourCredentials: boolean;
  /** True when the request named a model. */
  readonly hasModel: boolean;
  /** Milliseconds since the epoch, for a Retry-After given as a date. */
  readonly now: number;
}

/** How the failure table sees an answer. */
export interface AnswerClass {
  readonly kind: Extract<
    OutcomeKind,
    "answered" | "passed_on" | "busy" | "loading" | "gateway" | "server_error" | "model_missing" | "auth"
  >;
  readonly retryAfterMs?: number | undefined;
}

const ANSWERED: AnswerClass = { kind: "answered" };
const PASSED_ON: AnswerClass = { kind: "passed_on" };

const MAY_RETRY: ReadonlySet<number> = new Set([400, 401, 403, 404, 409]);

/** Statuses whose answer might be tried elsewhere, so that their (short) body is read before anything is sent. */
export function mayRetryStatus(status: number): boolean {
  return status >= 500 || status === 429 || (status >= 400 && status <= 409 && MAY_RETRY.has(status));
}

/** Puts an answer into its row of the failure table. Pure. */
export function classifyAnswer(facts: AnswerFacts): AnswerClass {
  const { status, text } = facts;
  switch (status) {
    case 400:
      return facts.hasModel && (deniesModel(text) || deniesAbility(text)) ? { kind: "model_missing" } : ANSWERED;
    case 401:
    case 403:
      return facts.ourCredentials ? { kind: "auth" } : PASSED_ON;
    case 429:
      return facts.ourCredentials ? { kind: "busy", retryAfterMs: retryAfter(facts) } : PASSED_ON;
    case 409:
      return text.includes("slots_pinned") ? { kind: "busy", retryAfterMs: retryAfter(facts) } : ANSWERED;
    case 404:
      return facts.hasModel && saysModelMissing(text) ? { kind: "model_missing" } : ANSWERED;
    case 503: {
      if (saysLoading(text)) return { kind: "loading" };
      const retryAfterMs = retryAfter(facts);
      return retryAfterMs === undefined ? { kind: "gateway" } : { kind: "busy", retryAfterMs };
    }
    case 500:
      return facts.hasModel && deniesAbility(text) ? { kind: "model_missing" } : { kind: "server_error" };
    case 501:
    case 505:
      return PASSED_ON;
    default:
      // 502, 504, and those that only CDNs and overloaded clouds send: 520 to 529.
      return status > 501 ? { kind: "gateway" } : ANSWERED;
  }
}

/** The wait that a backend asks for, in ms: `Retry-After`, else LiteLLM's "Try again in N seconds". */
function retryAfter({ headers, text, now }: AnswerFacts): number | undefined {
  const header = parseRetryAfter(headers.get("retry-after"), now);
  if (header !== undefined) return header;
  const seconds = /try again in (\d+(?:\.\d+)?) ?s/i.exec(text)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

/** "model 'x' not found" (Ollama), "The model `x` does not exist" (vLLM, OpenAI), code model_not_found, … */
export function saysModelMissing(text: string): boolean {
  return /model/i.test(text) && /not[ _]found|does not exist|not exist|unknown model|no such model/i.test(text);
}

/** LM Studio answers unknown paths so, with 200. */
const UNEXPECTED_PATH = /^\s*\{\s*"error"\s*:\s*"Unexpected endpoint or method/;

/** How web frameworks say that there is no such route: FastAPI, Go, Express, llama.cpp, LM Studio, or nothing at all. */
function speaksOfPath(text: string): boolean {
  return /^\s*$|"(?:detail|message|error)"\s*:\s*"(?:Not Found|File Not Found)"|page not found|Cannot (?:POST|GET)|no route|route not found|not found: \/|unexpected endpoint|unknown (?:path|url|endpoint)|invalid url|^\s*Not Found\s*$/i
    .test(text) || text.trimStart().startsWith("<");
}

/**
 * Whether a server says that it does not have the path, and not that it lacks the model, or something that is kept.
 *
 * @param path As it was asked for.
 */
export function saysPathMissing(status: number, text: string, path: string): boolean {
  if (status === 200) return UNEXPECTED_PATH.test(text);
  return status === 405 || status === 501 ||
    (status === 404 && !saysModelMissing(text) && (text.includes(path) || speaksOfPath(text)));
}

/**
 * The same with 400, where other faults speak of models and of things that are not found as well: llama.cpp's router,
 * LM Studio, llama-swap, LiteLLM.
 */
function deniesModel(text: string): boolean {
  return /\bmodel '[^']{1,200}' not found|"model_not_found"|could not find (?:real )?model|Invalid model name passed/i
    .test(text);
}

/** This copy of the model has no eyes or no tools (Ollama, llama.cpp); the copy of another server may. */
function deniesAbility(text: string): boolean {
  return /does not support tools|image input is not supported|missing data required for image input/i.test(text);
}
