import { isCandidate } from "../endpoints/availability.ts";
import type { EndpointState } from "../endpoints/state.ts";
import { OllaError } from "../errors.ts";
import { forward, type ForwardDeps } from "../proxy/forward.ts";
import type { CandidateList } from "../routing/candidate.ts";
import type { BodyBudget } from "./body_budget.ts";
import type { Exchange } from "./exchange.ts";
import { type ReadBody, readBody } from "./read_body.ts";
import type { Route } from "./route_table.ts";

/** What managing models needs of the rest of the program. */
export interface ManagementDeps {
  readonly forward: ForwardDeps;
  readonly endpoints: () => readonly EndpointState[];
  readonly budget: BodyBudget;
  readonly maxBodyBytes: number;
  /** `proxy.allow_model_management`. */
  readonly allowManagement: boolean;
  /** As in `ProxyHandlerDeps`. */
  readonly bodySilenceS: number;
}

const OLLAMA = "ollama";

/**
 * Ollama's calls that pull, push, copy, create and delete models. They change a server, so they go to the one that is
 * named, or the only one there is, and nowhere else when it fails.
 *
 * @throws {OllaError} `management_disabled`, or what is wrong with the endpoint's name.
 */
export async function handleManagement(
  exchange: Exchange,
  { path }: Extract<Route, { kind: "management" }>,
  deps: ManagementDeps,
): Promise<Response> {
  if (!deps.allowManagement) {
    throw new OllaError(
      "management_disabled",
      `${path} changes a server's models, which is switched off; set proxy.allow_model_management: true to allow it`,
    );
  }
  const { request, connection, headers, record } = exchange;
  const query = new URLSearchParams(exchange.target.query);
  const state = namedEndpoint(query.get("endpoint") ?? headers.endpoint, deps);
  query.delete("endpoint");
  connection.setIdleTimeout(deps.bodySilenceS);
  const { bytes, reservation } = await bodyOf(exchange, deps);
  connection.setIdleTimeout(0);
  try {
    record.requestBytes = bytes?.byteLength ?? 0;
    const candidate = { state, model: undefined, known: undefined, isCold: () => false, way: undefined };
    const list: CandidateList = {
      candidates: [candidate],
      hosts: [state],
      modelId: undefined,
      decision: undefined,
      turn: 0,
    };
    const rest = query.toString();
    return await forward(
      {
        requestId: exchange.requestId,
        method: request.method,
        path,
        query: rest === "" ? "" : `?${rest}`,
        headers,
        body: bytes,
        model: undefined,
        pathModel: undefined,
        modelPlace: undefined,
        dialect: exchange.dialect,
        tap: undefined,
        translation: undefined,
        once: true,
        protocol: "http",
        peerAddress: exchange.peerAddress,
        signal: request.signal,
        arrivedAt: exchange.arrivedAt,
        record,
        finish: () => {
          exchange.finish();
          // Only now: a pull answers at once, and has the model at its end.
          if (record.status >= 200 && record.status < 300 && request.method !== "HEAD") {
            deps.forward.refreshModels(state);
          }
        },
      },
      list,
      deps.forward,
    );
  } finally {
    reservation?.release();
  }
}

/** @throws {OllaError} As `readBody`; for a model's file with what to do instead. */
async function bodyOf({ request, headers, target }: Exchange, deps: ManagementDeps): Promise<ReadBody> {
  try {
    return await readBody(request, headers, { maxBytes: deps.maxBodyBytes, budget: deps.budget });
  } catch (error) {
    if (!(error instanceof OllaError) || error.code !== "body_too_large" || !target.path.includes("/blobs")) {
      throw error;
    }
    throw new OllaError(
      "body_too_large",
      "A model's files are too large to go through olla; run `ollama create` or `ollama push` against the Ollama server " +
        "directly, by setting OLLAMA_HOST to it",
    );
  }
}

function namedEndpoint(name: string | undefined, deps: ManagementDeps): EndpointState {
  const servers = deps.endpoints().filter(({ profile }) => profile?.name === OLLAMA);
  const names = servers.map(({ endpoint }) => endpoint.name).join(", ") || "none is there";
  const [only, ...others] = servers;
  const state = name === undefined && others.length === 0
    ? only
    : servers.find(({ endpoint }) => endpoint.name === name);
  if (name === undefined && state === undefined) {
    throw new OllaError(
      "invalid_request",
      `Name the server whose models are to change, by ?endpoint=NAME or the header X-Olla-Endpoint (Ollama servers: ${names})`,
    );
  }
  if (state === undefined) {
    throw new OllaError("not_found", `There is no Ollama server "${name}" (Ollama servers: ${names})`);
  }
  if (isCandidate(state)) return state;
  throw new OllaError("model_unavailable", `The endpoint "${state.endpoint.name}" is ${state.status} now`, {
    headers: { "Retry-After": "5" },
  });
}
