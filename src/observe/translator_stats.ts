import { type CountedRequest, requestVerdict, type Verdict } from "./counted_request.ts";

/** `passthrough`: the backend got the request as it came; `translation`: in OpenAI's dialect. */
export type TranslatorMode = "passthrough" | "translation";

/** Why a request was translated although requests are passed through where they can be. */
export type FallbackReason =
  | "no_compatible_endpoints"
  | "translator_does_not_support_passthrough"
  | "cannot_passthrough";

/** How a request in another dialect than OpenAI's was served. */
export interface TranslatorUse {
  /** `anthropic`, `responses` or `ollama`. */
  readonly name: string;
  /** That of the last attempt. */
  readonly mode: TranslatorMode;
  /** Undefined when it was passed through, or translated by choice. */
  readonly fallbackReason?: FallbackReason | undefined;
}

/** What the statistics of translators read of a finished request. */
export interface CountedTranslation extends CountedRequest {
  /** Undefined for a request in OpenAI's own dialect, and for one that was refused before anyone was chosen for it. */
  readonly translator?: TranslatorUse | undefined;
  readonly stream: boolean;
}

/** Counters of one translator since the start. Requests that reached no backend are not in them. */
export interface TranslatorCounters {
  readonly name: string;
  readonly requests: number;
  /** Answered in full, with a status below 400. */
  readonly successes: number;
  /** What is neither success nor failure was given up by its client. */
  readonly failures: number;
  readonly passthrough: number;
  readonly translations: number;
  readonly streaming: number;
  readonly fallbacks: Readonly<Record<FallbackReason, number>>;
  /** Of the successes, arrival to last byte; 0 before the first. */
  readonly avgLatencyMs: number;
  /** Epoch ms; 0 for never. */
  readonly lastRequestedAt: number;
}

interface Tally {
  requests: number;
  successes: number;
  failures: number;
  passthrough: number;
  streaming: number;
  fallbacks: Record<FallbackReason, number>;
  latencySumMs: number;
  lastRequestedAt: number;
}

function emptyTally(): Tally {
  return {
    requests: 0,
    successes: 0,
    failures: 0,
    passthrough: 0,
    streaming: 0,
    fallbacks: { no_compatible_endpoints: 0, translator_does_not_support_passthrough: 0, cannot_passthrough: 0 },
    latencySumMs: 0,
    lastRequestedAt: 0,
  };
}

/**
 * As for every other count, but that a 4xx of a backend is a failure here: the endpoint did its work, yet a request that
 * was translated badly ends like this, too.
 */
function translatorVerdict(request: CountedTranslation): Verdict {
  const verdict = requestVerdict(request);
  return verdict === "success" && request.status >= 400 ? "failure" : verdict;
}

/** Counts finished requests by translator. Translators are few and known, so it needs no bound. */
export class TranslatorStats {
  readonly #tallies: ReadonlyMap<string, Tally>;

  /** @param names Of all translators that are enabled; others are not counted. */
  constructor(names: readonly string[]) {
    this.#tallies = new Map(names.map((name) => [name, emptyTally()]));
  }

  /** Takes in one finished request. @param now Epoch ms. */
  count(request: CountedTranslation, now: number): void {
    const { translator } = request;
    const tally = this.#tallies.get(translator?.name ?? "");
    if (translator === undefined || tally === undefined || request.attempts.length === 0) return;
    tally.requests++;
    tally.lastRequestedAt = now;
    if (request.stream) tally.streaming++;
    if (translator.mode === "passthrough") tally.passthrough++;
    else if (translator.fallbackReason !== undefined) tally.fallbacks[translator.fallbackReason]++;
    const verdict = translatorVerdict(request);
    if (verdict === "failure") tally.failures++;
    if (verdict !== "success") return;
    tally.successes++;
    tally.latencySumMs += request.durationMs;
  }

  /** All translators, those with the most requests first, then by name. */
  translators(): readonly TranslatorCounters[] {
    return Array.from(this.#tallies, ([name, tally]) => countersOf(name, tally))
      .sort((a, b) => b.requests - a.requests || (a.name < b.name ? -1 : 1));
  }
}

function countersOf(name: string, { latencySumMs, fallbacks, ...tally }: Tally): TranslatorCounters {
  return {
    name,
    ...tally,
    translations: tally.requests - tally.passthrough,
    fallbacks: { ...fallbacks },
    avgLatencyMs: tally.successes === 0 ? 0 : latencySumMs / tally.successes,
  };
}
