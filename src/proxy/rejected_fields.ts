import { LRUCache } from "lru-cache";
import type { JsonObject } from "../translate/chat/chat_request.ts";
import { namedRefusals } from "./named_refusals.ts";

/**
 * Fields of a translated request that some servers refuse, though the request makes sense without them: extensions that
 * strict servers do not know, and what older ones lack.
 */
const DROPPABLE: ReadonlySet<string> = new Set([
  "stream_options",
  "top_k",
  "min_p",
  "seed",
  "repeat_penalty",
  "repetition_penalty",
  "chat_template_kwargs",
  "truncate_prompt_tokens",
  "reasoning_effort",
  "reasoning_content",
  "parallel_tool_calls",
  "user",
  "max_tokens",
]);

/** Pairs of endpoint and model that are remembered. */
const MAX_REMEMBERED = 1000;
/** Servers are updated, and names of models move to others. */
const REMEMBERED_MS = 30 * 60 * 1000;
const NONE: ReadonlySet<string> = new Set();

interface Learnt {
  readonly fields: ReadonlySet<string>;
  /** Those without which a request has succeeded. */
  readonly confirmed: ReadonlySet<string>;
}

/** Which fields which endpoints refuse for which models, as they were found to. Forgotten after half an hour. */
export class RejectedFields {
  readonly #known: LRUCache<string, Learnt>;

  /** @param now Epoch ms. */
  constructor(now: () => number) {
    this.#known = new LRUCache({ max: MAX_REMEMBERED, ttl: REMEMBERED_MS, ttlResolution: 0, perf: { now } });
  }

  /** What is left out of requests for the model there. */
  of(endpoint: string, model: string | undefined): ReadonlySet<string> {
    return this.#known.get(keyOf(endpoint, model))?.fields ?? NONE;
  }

  /**
   * A backend refused a request: learns from its words which of the fields it does not know or take.
   *
   * @param text The start of its answer.
   * @returns Whether there is something new, so that the request may succeed without it.
   */
  learn(endpoint: string, model: string | undefined, { status, text, sent }: {
    readonly status: number;
    readonly text: string;
    readonly sent: JsonObject;
  }): boolean {
    if (status !== 400 && status !== 422) return false;
    const key = keyOf(endpoint, model);
    const { fields, confirmed } = this.#known.get(key) ?? { fields: NONE, confirmed: NONE };
    const named = namedRefusals(text, [...DROPPABLE].filter((field) => !fields.has(field) && isSent(field, sent)));
    if (named.length === 0) return false;
    this.#known.set(key, { fields: new Set([...fields, ...named]), confirmed });
    return true;
  }

  /** A request without the fields succeeded: they were the fault. */
  confirm(endpoint: string, model: string | undefined): void {
    const known = this.#known.get(keyOf(endpoint, model));
    if (known === undefined || known.confirmed.size === known.fields.size) return;
    this.#known.set(keyOf(endpoint, model), { ...known, confirmed: known.fields }, { noUpdateTTL: true });
  }

  /** A request without the fields was refused all the same: what was learnt last was no help, and is forgotten. */
  revoke(endpoint: string, model: string | undefined): void {
    const key = keyOf(endpoint, model);
    const known = this.#known.get(key);
    if (known === undefined) return;
    if (known.confirmed.size === 0) this.#known.delete(key);
    else this.#known.set(key, { ...known, fields: known.confirmed }, { noUpdateTTL: true });
  }
}

/** The request without some fields. OpenAI's newer models want the limit under another name. */
export function withoutFields(body: JsonObject, fields: ReadonlySet<string>): JsonObject {
  if (fields.size === 0) return body;
  const left = Object.fromEntries(Object.entries(body).filter(([name]) => !fields.has(name)));
  if (fields.has("max_tokens") && body.max_tokens !== undefined) left.max_completion_tokens ??= body.max_tokens;
  if (fields.has("reasoning_content") && Array.isArray(body.messages)) {
    left.messages = body.messages.map((message: JsonObject) => {
      const { reasoning_content: _, ...rest } = message;
      return rest;
    });
  }
  return left;
}

function keyOf(endpoint: string, model: string | undefined): string {
  return `${endpoint}\n${model ?? ""}`;
}

function isSent(field: string, sent: JsonObject): boolean {
  if (field !== "reasoning_content") return sent[field] !== undefined;
  return Array.isArray(sent.messages) && sent.messages.some((message: JsonObject) => message[field] !== undefined);
}
