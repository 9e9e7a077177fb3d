import { base36, fnv1a64 } from "../lib/hash.ts";

/**
 * Fields of our reports that move with the clock although nothing has happened: times, and ages as text. Their exact names,
 * not a pattern such as `last_*`, since `last_error` is news.
 */
const CLOCK_FIELDS: ReadonlySet<string> = new Set([
  "timestamp",
  "start_time",
  "uptime",
  "health_check",
  "health_check_at",
  "last_check",
  "next_check",
  "next_check_at",
  "last_model_sync",
  "last_model_sync_at",
  "last_updated",
  "last_seen",
  "last_seen_at",
  "last_used",
  "last_requested",
]);

/** Fields that map names to seconds left: the names are news, the seconds are not. */
const COUNTDOWNS: ReadonlySet<string> = new Set(["resting_models"]);

function withoutClock(key: string, value: unknown): unknown {
  if (CLOCK_FIELDS.has(key)) return undefined;
  return COUNTDOWNS.has(key) && typeof value === "object" && value !== null ? Object.keys(value) : value;
}

/**
 * A weak entity tag of a report: equal as long as nothing in it has changed but the time. So a page that is asked for every
 * few seconds is sent again only when there is something new, such as a status, a counter or a measured latency.
 *
 * @param report Plain data, as it goes into JSON.
 */
export function stableTag(report: unknown): string {
  return `W/"${base36(fnv1a64(JSON.stringify(report, withoutClock)))}"`;
}
