import { OllaError } from "../errors.ts";
import { saysModelMissing, saysPathMissing } from "../proxy/answer_class.ts";
import { forward, type ForwardDeps } from "../proxy/forward.ts";
import type { ProxyRequest } from "../proxy/proxy_request.ts";
import type { CandidateList } from "../routing/candidate.ts";
import type { Exchange } from "./exchange.ts";
import { finishOwn } from "./finish_own.ts";
import { answerInstead, type LocalAnswerDeps, type LocalRequest } from "./local_answer.ts";

/** A request that endpoints are asked first, and that olla can answer without them. */
export interface AskedFirst {
  readonly request: ProxyRequest;
  readonly list: CandidateList;
  readonly local: LocalRequest;
}

/**
 * Forwards a request, and answers it ourselves when no endpoint does: none can be reached, it breaks down, or it does not
 * have the path after all, which is remembered.
 *
 * @throws {OllaError} As `forward`, where olla has no answer of its own either.
 */
export async function forwardOrAnswer(
  exchange: Exchange,
  { request, list, local }: AskedFirst,
  deps: LocalAnswerDeps & { readonly forward: ForwardDeps },
): Promise<Response> {
  // The record is told once: an answer that is not the client's must not end it.
  let state: "held" | "over" | "told" = "held";
  const finish = () => {
    if (state === "told") exchange.finish();
    else state = "over";
  };
  let response: Response | undefined;
  let failure: unknown;
  try {
    response = await forward({ ...request, finish }, list, deps.forward);
  } catch (error) {
    if (!(error instanceof OllaError)) throw error;
    failure = error;
  }
  if (
    !request.signal.aborted && (response === undefined || await isNoAnswer(response, { exchange, list, local }, deps))
  ) {
    const own = await answerInstead(local, deps);
    if (own !== undefined) {
      await response?.body?.cancel();
      const { record } = exchange;
      record.endpoint = undefined;
      record.backendType = undefined;
      record.errorCode = undefined;
      record.outcome = "ok";
      return finishOwn(exchange, own);
    }
  }
  if (response === undefined) throw failure;
  const isOver = isEnded(state);
  state = "told";
  if (isOver) exchange.finish();
  return response;
}

/** A function, since the compiler does not see that the callback has changed it. */
function isEnded(state: "held" | "over" | "told"): boolean {
  return state === "over";
}

/** An answer this long says more than that there is no such path. */
const LONGEST_REFUSAL = 512;

/** Whether an endpoint's answer says that it does not do this, or cannot now. */
async function isNoAnswer(
  response: Response,
  { exchange, list, local }: { exchange: Exchange; list: CandidateList; local: LocalRequest },
  deps: { readonly forward: ForwardDeps },
): Promise<boolean> {
  const { status } = response;
  if (status >= 500 && status !== 501) return true;
  const { endpoint, responseBytes } = exchange.record;
  const isShort = responseBytes > 0 && responseBytes <= LONGEST_REFUSAL; // a stream has no length yet
  const mayDeny = status === 404 || status === 405 || status === 501 || (status === 200 && isShort);
  if (!mayDeny) return false;
  const text = await response.clone().text();
  if (saysPathMissing(status, text, local.served.operation.path)) {
    const asked = list.candidates.find(({ state }) => state.endpoint.name === endpoint);
    if (asked !== undefined) deps.forward.registry.reportMissing(asked.state, local.served.operation.name);
    return true;
  }
  return status === 404 && !saysModelMissing(text);
}
