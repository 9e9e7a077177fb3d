import type { Profile } from "../config/profile.ts";
import type { Endpoint } from "./endpoint.ts";

/** LiteLLM answers its health path from the same event loop as everything else, so under load it is slow. */
const LITELLM_CHECK_TIMEOUT_MS = 5000;

/** What `check_timeout` is when the user says nothing (the schema's default). */
const UNSAID_CHECK_TIMEOUT_MS = 2000;

/** How long one check of the endpoint may take, in ms: as configured, but for LiteLLM without a figure of the user's. */
export function checkTimeout(endpoint: Endpoint, profile: Profile | undefined): number {
  const { check_timeout } = endpoint.config;
  return profile?.name === "litellm" && check_timeout === UNSAID_CHECK_TIMEOUT_MS
    ? LITELLM_CHECK_TIMEOUT_MS
    : check_timeout;
}
