import type { Profile } from "../config/profile.ts";

/** Which endpoints a route may reach: all of them, or those of one backend type. */
export type RouteScope = { readonly kind: "any" } | { readonly kind: "type"; readonly profile: Profile };

/** The scope of `/olla/proxy` and of the root routes. */
export const ANY_SCOPE: RouteScope = { kind: "any" };

/** The profile whose routes (`/olla/openai`) reach every backend that speaks OpenAI's API. */
const OPENAI_PROFILE = "openai-compatible";

/** True when an endpoint of this type belongs to the scope. */
export function isInScope(scope: RouteScope, profile: Profile): boolean {
  if (scope.kind === "any") return true;
  if (scope.profile.name === OPENAI_PROFILE) return profile.openai_compatible;
  return scope.profile.name === profile.name;
}
