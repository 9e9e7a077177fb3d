import type { RoutingDecision } from "./candidate.ts";

/** `model_registry.routing_strategy` of the config. */
export interface RoutingPolicy {
  readonly type: "strict" | "optimistic" | "discovery";
  /** Which endpoints may be tried with a model that none in service is known to have. */
  readonly fallback: "none" | "compatible_only" | "all";
  /** Whether endpoints are asked for their models once more before a model is refused. */
  readonly refreshOnMiss: boolean;
  /** Longest that a request waits for their answers, in ms. */
  readonly refreshTimeoutMs: number;
}

/** Why a model cannot be placed: no endpoint is known to have it, or those that have it are out of service. */
export type Miss = "unknown" | "unavailable";

/**
 * What becomes of a request whose model cannot be placed.
 *
 * - `unlisted`: endpoints that have not told their models, so that they may have it.
 * - `all`: every endpoint in service that serves the path. The user has chosen that.
 */
export interface MissRule {
  readonly fallback: "unlisted" | "all" | undefined;
  /** Of the fallback. */
  readonly fallbackReason: string;
  /** Of the refusal, when there is no fallback or nobody to fall back to. */
  readonly reason: string;
}

const REASONS = {
  optimistic: {
    unknown: { none: "model_not_found", compatible_only: "model_not_found", all: "model_not_found" },
    unavailable: {
      none: "model_unavailable_no_fallback",
      compatible_only: "model_unavailable_compatible_only",
      all: "model_unavailable_no_fallback",
    },
  },
  discovery: {
    unknown: {
      none: "discovery_failed_no_fallback",
      compatible_only: "discovery_failed_compatible_only",
      all: "no_healthy_after_discovery",
    },
    unavailable: {
      none: "model_unavailable_after_discovery",
      compatible_only: "model_unavailable_after_discovery",
      all: "no_healthy_after_discovery",
    },
  },
} as const;

/** To all endpoints, as in Go; to those that have not told their models, which Go does not know, by names of our own. */
const FALLBACK_REASONS = {
  optimistic: {
    unknown: { all: "model_not_found_fallback", compatible_only: "model_not_found_compatible_fallback" },
    unavailable: { all: "all_healthy_fallback", compatible_only: "compatible_fallback" },
  },
  discovery: {
    unknown: { all: "discovery_failed_all_fallback", compatible_only: "discovery_failed_compatible_fallback" },
    unavailable: { all: "all_healthy_after_discovery", compatible_only: "compatible_after_discovery" },
  },
} as const;

/** What the policy says of a miss. Pure. */
export function onMiss(policy: RoutingPolicy, miss: Miss): MissRule {
  const { type, fallback, refreshOnMiss } = policy;
  if (type === "strict") {
    const reason = miss === "unknown" ? "model_not_found" : "model_unavailable";
    return { fallback: undefined, fallbackReason: "", reason };
  }
  const reason = type === "discovery" && !refreshOnMiss
    ? miss === "unknown" ? "model_not_found" : "model_unavailable_no_refresh"
    : REASONS[type][miss][fallback];
  return {
    fallback: fallback === "none" ? undefined : fallback === "all" ? "all" : "unlisted",
    fallbackReason: fallback === "none" ? "" : FALLBACK_REASONS[type][miss][fallback],
    reason,
  };
}

/** The decision of a model that was found. */
export function found(policy: RoutingPolicy): RoutingDecision {
  const reason = policy.type === "discovery" ? "model_found_no_refresh" : "model_found";
  return { strategy: policy.type, decision: "routed", reason };
}

/** The same after the endpoints were asked for their models once more for this very request. */
export function foundAfterRefresh(decision: RoutingDecision | undefined): RoutingDecision | undefined {
  const isPlain = decision?.strategy === "discovery" && decision.decision === "routed";
  return isPlain ? { ...decision, reason: "model_found_after_discovery" } : decision;
}
