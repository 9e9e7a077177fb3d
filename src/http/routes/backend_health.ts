import type { Profile } from "../../config/profile.ts";
import { isCandidate } from "../../endpoints/availability.ts";
import type { EndpointState } from "../../endpoints/state.ts";
import { OllaError } from "../../errors.ts";
import { jsonResponse } from "../own_response.ts";
import { requireMethods } from "./methods.ts";

export interface BackendHealthDeps {
  readonly endpoints: () => readonly EndpointState[];
}

/**
 * `GET /olla/litellm/health`, in the shape of LiteLLM's own, answered from our readiness checks: LiteLLM's would call
 * every model for money.
 */
export function backendHealth(request: Request, profile: Profile, deps: BackendHealthDeps): Response {
  requireMethods(request, ["GET", "HEAD"]);
  const states = deps.endpoints().filter((state) => state.profile?.name === profile.name);
  if (states.length === 0) {
    throw new OllaError(
      "no_endpoints",
      `No endpoint of type ${profile.name} is configured; add one under "endpoints:"`,
    );
  }
  const healthy = states.filter(isCandidate);
  const describe = ({ endpoint, status }: EndpointState) => ({ endpoint: endpoint.name, status });
  const body = {
    status: healthy.length > 0 ? "healthy" : "unhealthy",
    healthy_endpoints: healthy.map(describe),
    unhealthy_endpoints: states.filter((state) => !healthy.includes(state)).map(describe),
    healthy_count: healthy.length,
    unhealthy_count: states.length - healthy.length,
  };
  return jsonResponse(body, healthy.length > 0 ? 200 : 503);
}
