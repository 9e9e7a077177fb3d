import type { EndpointState } from "../endpoints/state.ts";
import type { DiscoveredModel } from "../models/model.ts";
import type { Way } from "./operation.ts";

/** An endpoint that could serve a request, with the name under which it knows the model. */
export interface Candidate {
  readonly state: EndpointState;
  /** What the endpoint calls the model; undefined for a request without one. */
  readonly model: string | undefined;
  /** What the endpoint says of the model; undefined where it lists none, as behind a wildcard. */
  readonly known: DiscoveredModel | undefined;
  /** Whether the model would have to be loaded first. False where nothing is known. Asked at each choice. */
  readonly isCold: () => boolean;
  /** How it serves the request; undefined for one that goes up as it is. */
  readonly way: Way | undefined;
}

/** What `X-Olla-Routing-*` tells the client. Decided when the list is built, not per request. */
export interface RoutingDecision {
  readonly strategy: string;
  readonly decision: "routed" | "fallback" | "rejected";
  readonly reason: string;
}

/** The candidates of one (scope, method, path, model, needs), in config order. Rebuilt on change, read by requests. */
export interface CandidateList {
  readonly candidates: readonly Candidate[];
  /** All endpoints that would serve it if they were in service. */
  readonly hosts: readonly EndpointState[];
  /** The catalogue's id of the model, or the alias; undefined for a request without a model, or with an unknown one. */
  readonly modelId: string | undefined;
  /** Undefined for a request without a model. */
  readonly decision: RoutingDecision | undefined;
  /** Grows with every pick; what makes ties rotate. */
  turn: number;
}
