import type { Lease } from "../endpoints/registry.ts";
import type { Candidate, CandidateList } from "../routing/candidate.ts";
import { OllaError, UpstreamFailure } from "../errors.ts";
import { drainBody } from "./answer_body.ts";
import { Attempt, type AttemptDeps, type AttemptResult, type UpstreamAnswer } from "./attempt.ts";
import { Chooser, type ChooserDeps } from "./chooser.ts";
import { CLIENT_GONE_STATUS, ClientLink } from "./client_link.ts";
import { deliver, type DeliveryDeps } from "./deliver.ts";
import { exhaustedError } from "./exhausted.ts";
import { Detours } from "./detours.ts";
import { judge } from "./judge.ts";
import type { RejectedFields } from "./rejected_fields.ts";
import type { ProxyRequest } from "./proxy_request.ts";
import { attemptsOf, decideRetry, type Effect, immediateEffect, type Outcome, settledEffects } from "./retry.ts";
import { BrokenBody, translateWhole, type TranslationDeps } from "./translated_answer.ts";
import { type Identity, type UpstreamRequest, upstreamRequest } from "./upstream_request.ts";
import type { EndpointState } from "../endpoints/state.ts";

/** What forwarding acts through. */
export interface ForwardDeps extends AttemptDeps, ChooserDeps, DeliveryDeps, TranslationDeps {
  /** `proxy.retry.max_attempts`. */
  readonly maxAttempts: number;
  readonly identity: Identity;
  /** A backend denied a model that its list had: ask it again. */
  readonly refreshModels: (state: EndpointState) => void;
  /** A backend answers with a model: it has it in memory now. */
  readonly onServed: (candidate: Candidate) => void;
  readonly rejected: RejectedFields;
}

/** How the record calls such an attempt. */
const DETOUR = "asked_otherwise";
const NO_FIELDS: ReadonlySet<string> = new Set();

/** One answer that could still be the client's, when nothing better comes. */
interface KeptAnswer {
  readonly answer: UpstreamAnswer;
  readonly candidate: Candidate;
}

/**
 * Sends a request to candidates, one after the other, until one has produced a first body byte.
 *
 * @returns The response for the client. Whoever gets it must send or cancel its body.
 * @throws {OllaError} When no candidate gave any answer.
 */
export function forward(request: ProxyRequest, list: CandidateList, deps: ForwardDeps): Promise<Response> {
  return new ForwardRun(request, list, deps).run();
}

class ForwardRun {
  readonly #request: ProxyRequest;
  readonly #list: CandidateList;
  readonly #deps: ForwardDeps;
  readonly #link: ClientLink;
  readonly #chooser: Chooser;
  readonly #history: Outcome[] = [];
  /** The candidate of each attempt in the history. */
  readonly #asked: Candidate[] = [];
  #kept: KeptAnswer | undefined;
  /** The same endpoint once more, asked in another way: what it answered was about the way and not about the request. */
  #otherWay: Candidate | undefined;
  /** Undefined for a request that goes up as it is: there is no other way. */
  readonly #detours: Detours | undefined;
  /** Why the request could not be put into the dialect of some endpoint. Another endpoint may need no translation. */
  #untranslatable: OllaError | undefined;

  constructor(request: ProxyRequest, list: CandidateList, deps: ForwardDeps) {
    this.#request = request;
    this.#list = list;
    this.#deps = deps;
    this.#link = new ClientLink(request.signal);
    this.#chooser = new Chooser(list, deps);
    this.#detours = request.translation === undefined ? undefined : new Detours(request.translation, deps);
  }

  async run(): Promise<Response> {
    try {
      return await this.#untilAnswered();
    } finally {
      this.#settle();
    }
  }

  async #untilAnswered(): Promise<Response> {
    let again: Candidate | undefined;
    let fresh = false;
    while (!this.#link.gone) {
      const candidate = again ?? this.#chooser.available() ?? await this.#chooser.lastChance(this.#link);
      if (candidate === undefined || this.#link.gone) break;
      const before = this.#history.length;
      const response = await this.#attempt(candidate, fresh || this.#request.once === true);
      if (response !== undefined) return response;
      fresh = false;
      again = this.#otherWay;
      this.#otherWay = undefined;
      if (again !== undefined || this.#history.length === before) continue;
      const decision = decideRetry(this.#history, this.#deps.maxAttempts);
      if (decision.kind === "give_up" || this.#request.once === true) break;
      fresh = decision.kind === "same_fresh";
      again = fresh ? candidate : undefined;
    }
    if (this.#link.gone) return this.#clientGone();
    if (this.#kept === undefined) {
      if (this.#untranslatable !== undefined && this.#history.length === 0) throw this.#untranslatable;
      throw exhaustedError(this.#request, this.#list, {
        history: this.#history,
        registry: this.#deps.registry,
        now: this.#deps.now(),
      });
    }
    return this.#deliver(this.#kept.answer, this.#kept.candidate, undefined);
  }

  /** Effects that depend on what became of the whole request. */
  #settle(): void {
    if (this.#history.length === 1 && this.#history[0]?.kind === "answered") return;
    settledEffects(this.#history).forEach((effect, i) => {
      const candidate = this.#asked[i];
      if (effect !== undefined && candidate !== undefined) this.#apply(effect, candidate);
    });
  }

  /** One attempt, up to its first body byte; undefined when it is not the client's answer. */
  async #attempt(candidate: Candidate, freshConnection: boolean): Promise<Response | undefined> {
    const { state } = candidate;
    const { record, translation } = this.#request;
    this.#chooser.tried(state);
    if (translation !== undefined) record.translator = translation.useOf(candidate);
    const upstream = this.#upstream(candidate);
    if (upstream === undefined) return undefined;
    const lease = this.#deps.registry.acquire(state, candidate.model, this.#deps.now());
    const attempt = new Attempt(state, this.#deps);
    this.#link.onGone = () => attempt.abortByClient();
    let response: Response | undefined;
    try {
      const { url, init } = upstream;
      const answered = await attempt.run(url, { ...init, freshConnection });
      const result = candidate.way?.kind === "translated" ? await this.#translated(answered, attempt) : answered;
      if (result.kind === "client_gone") {
        record.endpoint = state.endpoint.name;
        record.attempts.push({ endpoint: state.endpoint.name, outcome: "client_gone" });
        return undefined;
      }
      this.#otherWay = result.kind === "answer" ? this.#detours?.otherWay(result.answer, candidate) : undefined;
      if (this.#otherWay !== undefined) {
        record.attempts.push({ endpoint: state.endpoint.name, outcome: DETOUR });
        attempt.discard();
        return undefined;
      }
      const outcome = judge(result, candidate, this.#request);
      this.#note(outcome, candidate);
      if (result.kind === "answer") {
        if (outcome.kind === "answered" || outcome.kind === "passed_on") {
          response = this.#deliver(result.answer, candidate, { attempt, lease });
        } else {
          await this.#keep(result.answer, candidate, attempt);
        }
      }
      return response;
    } catch (error) {
      attempt.discard();
      throw error;
    } finally {
      // A stream keeps its lease until its end; everything else gives it back here.
      if (response === undefined) {
        this.#link.onGone = undefined;
        lease.release();
      }
    }
  }

  /** What the candidate is to be asked; undefined when the request cannot be put into its dialect. */
  #upstream(candidate: Candidate): UpstreamRequest | undefined {
    const { identity, rejected } = this.#deps;
    const isTranslated = candidate.way?.kind === "translated";
    const without = isTranslated ? rejected.of(candidate.state.endpoint.name, candidate.model) : NO_FIELDS;
    try {
      return upstreamRequest(this.#request, candidate, { identity, without });
    } catch (error) {
      if (!(error instanceof OllaError)) throw error;
      this.#untranslatable ??= error;
      return undefined;
    }
  }

  /** A good answer of a backend that speaks another dialect, in the client's, as far as it has come whole. */
  async #translated(result: AttemptResult, attempt: Attempt): Promise<AttemptResult> {
    const { translation } = this.#request;
    if (result.kind !== "answer" || translation === undefined || result.answer.status > 399) return result;
    try {
      const answer = await translateWhole(result.answer, {
        request: this.#request,
        translation,
        deps: this.#deps,
        onWaiting: (waiting) => attempt.setWaiting(waiting),
      });
      return this.#link.gone ? { kind: "client_gone" } : { kind: "answer", answer };
    } catch (error) {
      const { failure } = attempt;
      attempt.discard();
      if (this.#link.gone) return { kind: "client_gone" };
      if (!(error instanceof BrokenBody)) throw error;
      return { kind: "failed", failure: failure ?? new UpstreamFailure("closed", "body", error) };
    }
  }

  #note(outcome: Outcome, candidate: Candidate): void {
    this.#history.push(outcome);
    this.#asked.push(candidate);
    this.#request.record.attempts.push({ endpoint: outcome.endpoint, outcome: outcome.kind });
    const effect = immediateEffect(outcome);
    if (effect === undefined) return;
    this.#apply(effect, candidate);
    if (effect.kind === "rest") this.#chooser.pausing(candidate.state);
  }

  /** Keeps a failing backend's own answer for the case that no other backend gives a better one. */
  async #keep(answer: UpstreamAnswer, candidate: Candidate, attempt: Attempt): Promise<void> {
    const body = answer.body.kind === "stream" ? await drainBody(answer.body) : answer.body;
    if (body === undefined) attempt.discard();
    else this.#kept = { answer: { ...answer, body }, candidate };
    attempt.end();
  }

  #deliver(
    answer: UpstreamAnswer,
    candidate: Candidate,
    open: { readonly attempt: Attempt; readonly lease: Lease } | undefined,
  ): Response {
    return deliver({
      request: this.#request,
      answer,
      candidate,
      open,
      link: this.#link,
      attempts: attemptsOf(this.#history),
      routing: this.#list.decision,
    }, this.#deps);
  }

  #clientGone(): Response {
    const { record, finish } = this.#request;
    record.outcome = "client_gone";
    record.status = CLIENT_GONE_STATUS;
    finish();
    return new Response(null, { status: CLIENT_GONE_STATUS });
  }

  #apply(effect: Effect, candidate: Candidate): void {
    const { state, model } = candidate;
    const { registry } = this.#deps;
    const now = this.#deps.now();
    switch (effect.kind) {
      case "success":
        this.#deps.onServed(candidate);
        return registry.reportSuccess(state, model, now);
      case "streaming":
        this.#deps.onServed(candidate);
        return registry.reportStreaming(state, model, now);
      case "unreachable":
        return registry.reportUnreachable(state, "a request could not connect", now);
      case "transport_failure":
        return registry.reportTransportFailure(state, now);
      case "answer_failure":
        return registry.reportAnswerFailure(state, model, now);
      case "rest":
        return registry.rest(state, model, now + effect.ms, effect.explicit);
      case "warming":
        return registry.markWarming(state, model, now + effect.ms, now);
      case "refresh_models":
        return this.#deps.refreshModels(state);
    }
  }
}
