import type { EndpointState } from "../endpoints/state.ts";

/** An endpoint that could serve a request, with the name under which it knows the model. */
export interface Candidate {
  readonly state: EndpointState;
  /** What the endpoint calls the model; undefined for a request without one. */
  readonly model: string | undefined;
}

/** What `X-Olla-Routing-*` tells the client. Decided when the list is built, not per request. */
export interface RoutingDecision {
  readonly strategy: string;
  readonly decision: string;
  readonly reason: string;
}

/** The candidates of one (scope, method, path, model), in config order. Rebuilt on change, read by requests. */
export interface CandidateList {
  readonly candidates: readonly Candidate[];
  /** All endpoints that would serve it if they were in service. */
  readonly hosts: readonly EndpointState[];
  /** Undefined for a request without a model. */
  readonly decision: RoutingDecision | undefined;
  /** Grows with every pick; what makes ties rotate. */
  turn: number;
}
