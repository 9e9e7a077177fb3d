import { type ConfigIssue, formatIssue } from "../config/issues.ts";
import type { Settings } from "./settings.ts";

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** One issue a line, warnings marked as such. */
export function issueLine(issue: ConfigIssue): string {
  return issue.severity === "warning" ? `${formatIssue(issue)} (warning)` : formatIssue(issue);
}

/** What `olla validate` prints, and its exit code: warnings alone pass. */
export function validationReport(settings: Settings): { text: string; exitCode: 0 | 1 } {
  const { issues, errors, result } = settings;
  const file = result.path ?? "no config file, so the defaults hold";
  const counts = [count(errors, "error"), count(issues.length - errors, "warning")].join(", ");
  const endpoints = result.kind === "ok" ? `, ${count(result.config.endpoints.length, "endpoint")}` : "";
  const verdict = `Result: ${errors === 0 ? "PASS" : "FAIL"} (${file}: ${counts}${endpoints})`;
  return { text: `${[...issues.map(issueLine), verdict].join("\n")}\n`, exitCode: errors === 0 ? 0 : 1 };
}

/**
 * Whether the servers' models say anything of the config, and olla would ask for them: two servers can have one model
 * under several names, and an alias or a `model_filter` can lead nowhere even with one.
 */
export function isSurveyUseful({ errors, result }: Settings): boolean {
  if (result.kind !== "ok" || errors > 0) return false;
  const { endpoints, model_aliases, discovery } = result.config;
  if (!discovery.model_discovery.enabled || endpoints.length === 0) return false;
  return endpoints.length > 1 || Object.keys(model_aliases).length > 0 ||
    endpoints.some(({ model_filter: { include, exclude } }) => include.length + exclude.length > 0);
}
