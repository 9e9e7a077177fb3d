import type { Registry } from "../endpoints/registry.ts";
import type { Candidate } from "../routing/candidate.ts";
import { targetPaths } from "../routing/operation.ts";
import { startOf } from "./answer_body.ts";
import { saysPathMissing } from "./answer_class.ts";
import type { UpstreamAnswer } from "./attempt.ts";
import { readableStart } from "./judge.ts";
import type { RejectedFields } from "./rejected_fields.ts";
import type { Translation } from "./translation.ts";

/** Times that one request is asked of an endpoint in another way. */
const MAX_DETOURS = 4;
/** Bytes of LM Studio's word for a path that it does not have, with room for the path. */
const LONGEST_REFUSAL = 512;

/** Finds out whether an answer was about the way in which an endpoint was asked, and not about the request. */
export class Detours {
  readonly #translation: Translation;
  readonly #deps: { readonly registry: Registry; readonly rejected: RejectedFields };
  #count = 0;

  constructor(translation: Translation, deps: { readonly registry: Registry; readonly rejected: RejectedFields }) {
    this.#translation = translation;
    this.#deps = deps;
  }

  /**
   * 1. An endpoint that does not have what its profile promises is asked through OpenAI's dialect. 2. One that refuses
   * fields which the request can do without is asked without them. Both are remembered.
   */
  otherWay(answer: UpstreamAnswer, candidate: Candidate): Candidate | undefined {
    const { rejected, registry } = this.#deps;
    const translation = this.#translation;
    const { state, way } = candidate;
    if (way === undefined || this.#count >= MAX_DETOURS) return undefined;
    const { status, body } = answer;
    if (way.kind === "translated") { // 2
      const { name } = state.endpoint;
      if (status < 400) {
        if (this.#count > 0) rejected.confirm(name, candidate.model);
        return undefined;
      }
      const sent = translation.requestFor(candidate.model ?? "", rejected.of(name, candidate.model));
      const isNews = rejected.learn(name, candidate.model, { status, text: startOf(body), sent });
      // What was left out for nothing is put back.
      if (!isNews && this.#count > 0 && (status === 400 || status === 422)) rejected.revoke(name, candidate.model);
      if (isNews) this.#count++;
      return isNews ? candidate : undefined;
    }
    const isGood = status < 400 && (body.kind !== "whole" || body.bytes.byteLength > LONGEST_REFUSAL);
    if (isGood || state.profile === undefined) return undefined;
    const text = readableStart(answer);
    // What follows a response that another server has cannot be told from a missing path, nor sent again.
    if (text === undefined || !saysPathMissing(status, text, way.path) || "previous_response_id" in translation.body) {
      return undefined;
    }
    this.#count++;
    registry.reportMissing(state, translation.operation.name); // 1
    const paths = targetPaths(state.profile);
    const { target } = translation.operation;
    return target !== undefined && paths[target] !== undefined
      ? { ...candidate, way: { kind: "translated", paths } }
      : undefined;
  }
}
