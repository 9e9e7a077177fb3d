import { isAvailable, isLastResort } from "../endpoints/availability.ts";
import type { Lease, Registry } from "../endpoints/registry.ts";
import type { EndpointState } from "../endpoints/state.ts";
import { joinPath } from "../lib/join_path.ts";
import type { Accept, Balancer } from "../routing/balancers/balancer.ts";
import type { Candidate, CandidateList } from "../routing/candidate.ts";
import { splice } from "../routing/inspect.ts";
import { startOf } from "./answer_body.ts";
import { classifyAnswer, mayRetryStatus } from "./answer_class.ts";
import { Attempt, type AttemptDeps, type AttemptResult, type UpstreamAnswer } from "./attempt.ts";
import { CLIENT_GONE_STATUS, ClientLink } from "./client_link.ts";
import { deliver, type Delivery, type DeliveryDeps } from "./deliver.ts";
import { exhaustedError } from "./exhausted.ts";
import type { ProxyRequest } from "./proxy_request.ts";
import { type ForwardedFacts, upstreamHeaders } from "./request_headers.ts";
import { attemptsOf, decideRetry, type Effect, immediateEffect, type Outcome, settledEffects } from "./retry.ts";
import { beginsWithError, framingOf } from "./stream_end.ts";
import { headerValue } from "../lib/header_value.ts";

/** What forwarding acts through. */
export interface ForwardDeps extends AttemptDeps, DeliveryDeps {
  readonly registry: Registry;
  readonly balancer: Balancer;
  /** `proxy.retry.max_attempts`. */
  readonly maxAttempts: number;
  /** Undefined with `proxy.forwarded_headers: false`. */
  readonly identity: { readonly via: string; readonly proxiedBy: string } | undefined;
  /** A backend denied a model that its list had: ask it again. */
  readonly refreshModels: (state: EndpointState) => void;
}

/** A rest no longer than this is waited for, when there is nowhere else to go. */
const MAX_WAIT_MS = 5_000;
/** So often one request waits for a rest to end. */
const MAX_WAITS = 3;

/** One answered attempt that could still be the client's answer. */
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
  readonly #history: Outcome[] = [];
  /** The candidate of each attempt in the history. */
  readonly #asked: Candidate[] = [];
  /** Endpoints that this request does not go to again, unless their rest ends meanwhile. */
  #tried: EndpointState[] = [];
  #kept: KeptAnswer | undefined;
  #waits = 0;

  constructor(request: ProxyRequest, list: CandidateList, deps: ForwardDeps) {
    this.#request = request;
    this.#list = list;
    this.#deps = deps;
    this.#link = new ClientLink(request.signal);
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
    while (!this.#link.gone) {
      const candidate = again ?? this.#available() ?? await this.#lastChance();
      if (candidate === undefined || this.#link.gone) break;
      const response = await this.#attempt(candidate, again !== undefined);
      if (response !== undefined) return response;
      const decision = decideRetry(this.#history, this.#deps.maxAttempts);
      if (decision.kind === "give_up") break;
      again = decision.kind === "same_fresh" ? candidate : undefined;
    }
    if (this.#link.gone) return this.#clientGone();
    if (this.#kept !== undefined) return this.#deliver(this.#kept.answer, this.#kept.candidate, undefined, undefined);
    throw exhaustedError(this.#request, this.#list, this.#history, this.#deps.registry, this.#deps.now());
  }

  /** Effects that depend on what became of the whole request. */
  #settle(): void {
    if (this.#history.length === 1 && this.#history[0]?.kind === "answered") return;
    settledEffects(this.#history).forEach((effect, i) => {
      const candidate = this.#asked[i];
      if (effect !== undefined && candidate !== undefined) this.#apply(effect, candidate);
    });
  }

  /** One that is available and not tried yet: what nearly every request gets at once. */
  #available(): Candidate | undefined {
    const now = this.#deps.now();
    return this.#pick((c) => !this.#tried.includes(c.state) && isAvailable(c.state, c.model, now));
  }

  /**
   * With none available: 1. When there is just one endpoint (which rests only if it said so itself), or none rests: one
   * that only fails. 2. When all rest, and not for long: after the shortest rest, whichever is available then. 3. Else
   * one that only fails, if there is one.
   */
  async #lastChance(): Promise<Candidate | undefined> {
    while (true) {
      const now = this.#deps.now();
      const lastResort: Accept = (c) => !this.#tried.includes(c.state) && isLastResort(c.state, c.model, now);
      const restMs = this.#shortestRest(now);
      const [first, second] = this.#list.candidates;
      const isSole = first !== undefined && second === undefined;
      if (restMs === undefined || (isSole && isLastResort(first.state, first.model, now))) {
        return this.#pick(lastResort); // 1
      }
      const mayWait = restMs !== undefined && restMs <= MAX_WAIT_MS && this.#waits < MAX_WAITS;
      if (!mayWait) return this.#pick(lastResort); // 3
      this.#waits++;
      await this.#link.sleep(restMs); // 2
      if (this.#link.gone) return undefined;
      this.#forgetRested();
      const available = this.#available();
      if (available !== undefined) return available;
    }
  }

  #pick(accept: Accept): Candidate | undefined {
    return this.#deps.balancer(this.#list.candidates, accept, this.#list.turn++);
  }

  #shortestRest(now: number): number | undefined {
    let shortest: number | undefined;
    for (const { state, model } of this.#list.candidates) {
      const until = this.#deps.registry.restUntil(state, model, now);
      if (until !== undefined && (shortest === undefined || until - now < shortest)) shortest = until - now;
    }
    return shortest;
  }

  /** An endpoint whose rest is over may be asked again, although this request was refused by it before. */
  #forgetRested(): void {
    const now = this.#deps.now();
    const resting = this.#list.candidates.filter(({ state, model }) =>
      this.#deps.registry.restUntil(state, model, now) !== undefined
    );
    this.#tried = this.#tried.filter((tried) => resting.some(({ state }) => state === tried));
  }

  /** One attempt, up to its first body byte; undefined when it is not the client's answer. */
  async #attempt(candidate: Candidate, fresh: boolean): Promise<Response | undefined> {
    const { registry } = this.#deps;
    const { state } = candidate;
    this.#tried.push(state);
    const lease = registry.acquire(state, candidate.model, this.#deps.now());
    const attempt = new Attempt(state, this.#deps);
    this.#link.onGone = () => attempt.abortByClient();
    let response: Response | undefined;
    try {
      const result = await attempt.run(this.#url(state), this.#init(candidate, fresh));
      if (result.kind === "client_gone") return undefined;
      const outcome = this.#judge(result, state);
      this.#history.push(outcome);
      this.#asked.push(candidate);
      this.#request.record.attempts.push({ endpoint: state.endpoint.name, outcome: outcome.kind });
      const effect = immediateEffect(outcome);
      if (effect !== undefined) this.#apply(effect, candidate);
      if (result.kind === "answer") {
        if (outcome.kind === "answered") response = this.#deliver(result.answer, candidate, attempt, lease);
        else this.#keep(result.answer, candidate, attempt);
      }
      return response;
    } finally {
      // A stream keeps its lease until its end; everything else gives it back here.
      if (response === undefined) {
        this.#link.onGone = undefined;
        lease.release();
      }
    }
  }

  #url(state: EndpointState): string {
    const { origin, basePath, config } = state.endpoint;
    const { path, query } = this.#request;
    return origin + (config.preserve_path ? joinPath(basePath, path) : path) + query;
  }

  #init(candidate: Candidate, freshConnection: boolean) {
    const { method, headers, peerAddress, protocol, model } = this.#request;
    const { identity } = this.#deps;
    const forwarded: ForwardedFacts | undefined = identity && { ...identity, peerAddress: peerAddress(), protocol };
    return {
      method,
      headers: upstreamHeaders(headers, candidate.state.endpoint, {
        forwarded,
        model: model === undefined ? undefined : headerValue(model),
      }),
      body: this.#bodyFor(candidate),
      freshConnection,
    };
  }

  /** The client's bytes, or the same with the name under which this endpoint knows the model. */
  #bodyFor(candidate: Candidate): Uint8Array<ArrayBuffer> | undefined {
    const { body, model, modelPlace } = this.#request;
    if (body === undefined || modelPlace === undefined || candidate.model === undefined) return body;
    if (candidate.model === model) return body;
    return splice(body, modelPlace.span, modelPlace.encode(candidate.model));
  }

  #judge(result: Exclude<AttemptResult, { kind: "client_gone" }>, state: EndpointState): Outcome {
    const endpoint = state.endpoint.name;
    if (result.kind === "failed") return { kind: result.failure.kind, endpoint };
    const { status, headers, body } = result.answer;
    const framing = framingOf(headers.get("content-type"));
    const encoded = headers.has("content-encoding");
    if (!mayRetryStatus(status)) {
      const failed = framing !== "opaque" && !encoded && beginsWithError(startOf(body), this.#request.dialect);
      return { kind: failed ? "server_error" : "answered", endpoint, streaming: body.kind === "stream" };
    }
    const answer = classifyAnswer({
      status,
      headers,
      text: encoded ? "" : startOf(body),
      ourCredentials: !state.endpoint.config.forward_auth || state.endpoint.headers["authorization"] !== undefined,
      hasModel: this.#request.model !== undefined,
      now: Date.now(),
    });
    return { ...answer, endpoint, streaming: body.kind === "stream" };
  }

  #keep(answer: UpstreamAnswer, candidate: Candidate, attempt: Attempt): void {
    // Only what is read whole can wait for the outcome of other attempts; of the rest the connection is given up.
    if (answer.body.kind === "stream") attempt.discard();
    else this.#kept = { answer, candidate };
  }

  #deliver(
    answer: UpstreamAnswer,
    candidate: Candidate,
    attempt: Attempt | undefined,
    lease: Lease | undefined,
  ): Response {
    const delivery: Delivery = {
      request: this.#request,
      answer,
      candidate,
      attempt,
      lease,
      link: this.#link,
      attempts: attemptsOf(this.#history),
      routing: this.#list.decision,
    };
    return deliver(delivery, this.#deps);
  }

  #clientGone(): Response {
    const { record, finish } = this.#request;
    record.outcome = "client_gone";
    record.status = CLIENT_GONE_STATUS;
    finish();
    return new Response(null, { status: CLIENT_GONE_STATUS });
  }

  #apply(effect: Effect, { state, model }: Candidate): void {
    const { registry } = this.#deps;
    const now = this.#deps.now();
    switch (effect.kind) {
      case "success":
        return registry.reportSuccess(state, model, now);
      case "streaming":
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
