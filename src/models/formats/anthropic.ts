import { OllaError } from "../../errors.ts";
import type { ListedLine } from "../listing/listed_model.ts";

/** A model as Anthropic's `GET /v1/models/{id}` answers. What olla cannot know of a model is null. */
export interface AnthropicModel {
  readonly type: "model";
  readonly id: string;
  readonly display_name: string;
  /** RFC 3339. */
  readonly created_at: string;
  readonly max_input_tokens: number | null;
  readonly max_tokens: number | null;
  readonly capabilities: null;
  readonly line: null;
  readonly lifecycle: "active";
  readonly deprecated_at: null;
  readonly retires_at: null;
}

/** A part of the list as Anthropic's `GET /v1/models` answers. */
export interface AnthropicModelPage {
  readonly data: readonly AnthropicModel[];
  /** Whether there are more in the direction in which the client reads. */
  readonly has_more: boolean;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1000;

/** One model. Its time is that of the model, or when an endpoint first listed it: the same in every answer. */
export function anthropicModel({ id, model }: ListedLine): AnthropicModel {
  return {
    type: "model",
    id,
    display_name: id,
    created_at: rfc3339(model.created),
    max_input_tokens: model.contextLength ?? null,
    max_tokens: model.maxOutputTokens ?? null,
    capabilities: null,
    line: null,
    lifecycle: "active",
    deprecated_at: null,
    retires_at: null,
  };
}

/**
 * One page of a list.
 *
 * @param lines All lines that clients may see, sorted by id.
 * @param query `limit` (1 to 1000, usually 20) and either `after_id` or `before_id`. An id that is not in the list any more
 *   is where it would be, so that nobody stumbles over a model that goes while he reads on.
 * @throws {OllaError} `invalid_request` for a limit out of range, and for both directions at once.
 */
export function anthropicModelPage(lines: readonly ListedLine[], query: URLSearchParams): AnthropicModelPage {
  const limit = limitOf(query);
  const afterId = query.get("after_id") || undefined;
  const beforeId = query.get("before_id") || undefined;
  if (afterId !== undefined && beforeId !== undefined) {
    throw new OllaError("invalid_request", "Give after_id or before_id, not both", { param: "before_id" });
  }
  const [start, end] = beforeId === undefined
    ? forwards(lines, { afterId, limit })
    : backwards(lines, { beforeId, limit });
  const shown = lines.slice(start, end);
  return {
    data: shown.map(anthropicModel),
    has_more: beforeId === undefined ? end < lines.length : start > 0,
    first_id: shown[0]?.id ?? null,
    last_id: shown.at(-1)?.id ?? null,
  };
}

type Range = readonly [start: number, end: number];

function forwards(
  lines: readonly ListedLine[],
  { afterId, limit }: { readonly afterId: string | undefined; readonly limit: number },
): Range {
  const found = afterId === undefined ? 0 : lines.findIndex(({ id }) => id > afterId);
  const start = found === -1 ? lines.length : found;
  return [start, Math.min(lines.length, start + limit)];
}

function backwards(
  lines: readonly ListedLine[],
  { beforeId, limit }: { readonly beforeId: string; readonly limit: number },
): Range {
  const found = lines.findIndex(({ id }) => id >= beforeId);
  const end = found === -1 ? lines.length : found;
  return [Math.max(0, end - limit), end];
}

function limitOf(query: URLSearchParams): number {
  const text = query.get("limit");
  if (text === null) return DEFAULT_LIMIT;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MAX_LIMIT) {
    throw new OllaError("invalid_request", `limit must be a whole number from 1 to ${MAX_LIMIT}`, { param: "limit" });
  }
  return limit;
}

/** Seconds without a fraction, as Anthropic writes it. @param seconds Unix time; one that no calendar has becomes 1970. */
function rfc3339(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? "1970-01-01T00:00:00Z" : date.toISOString().replace(/\.\d+Z$/, "Z");
}
