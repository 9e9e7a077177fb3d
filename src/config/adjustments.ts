import { formatDuration } from "../lib/durations.ts";
import { type ConfigPath, describeFound, type Problem } from "./issues.ts";
import type { FileConfig } from "./schema.ts";
import { valueAt } from "./yaml_tree.ts";

/** The HTTP server below counts idle seconds in one byte. */
const LONGEST_IDLE_MS = 255_000;

/**
 * A config with values brought into the range that olla can keep, warnings of that and of other oddities, and errors
 * that only the whole shows.
 * @param written What the user wrote.
 */
export function adjust(config: FileConfig, written: unknown): { config: FileConfig; problems: Problem[] } {
  const problems: Problem[] = [
    ...rateLimitWarnings(config),
    ...discoveryWarnings(config),
    ...aliasProblems(config),
    ...aliasWarnings(config),
    ...strategyWarnings(config, written),
  ];
  const idle = config.server.idle_timeout;
  if (idle <= LONGEST_IDLE_MS) return { config, problems };
  problems.push({
    path: ["server", "idle_timeout"],
    message: `is longer than olla can wait: ${formatDuration(LONGEST_IDLE_MS)} is used, not ${formatDuration(idle)}`,
    severity: "warning",
  });
  return { config: { ...config, server: { ...config.server, idle_timeout: LONGEST_IDLE_MS } }, problems };
}

function rateLimitWarnings(config: FileConfig): Problem[] {
  const limits = config.server.rate_limits;
  const limited = limits.global_requests_per_minute > 0 || limits.per_ip_requests_per_minute > 0;
  if (!limited || limits.burst_size > 0) return [];
  return [{
    path: ["server", "rate_limits", "burst_size"],
    message: "is 0, which refuses every request while a rate limit is set",
    severity: "warning",
  }];
}

function discoveryWarnings(config: FileConfig): Problem[] {
  if (config.discovery.model_discovery.enabled) return [];
  return [{
    path: ["discovery", "model_discovery", "enabled"],
    message: "is false: model lists are empty and every endpoint is taken to have every model",
    severity: "warning",
    atKey: true,
  }];
}

/** Lists and requests find names ignoring case, so of two such aliases one would be out of reach. */
function aliasProblems(config: FileConfig): Problem[] {
  const known = new Map<string, string>();
  return Object.keys(config.model_aliases).flatMap((alias): Problem[] => {
    const folded = alias.toLowerCase();
    const first = known.get(folded);
    if (first === undefined) {
      known.set(folded, alias);
      return [];
    }
    const message = `and "${first}" differ only in case, and names are found ignoring case; rename or join them`;
    return [{ path: ["model_aliases", alias], message, atKey: true }];
  });
}

function aliasWarnings(config: FileConfig): Problem[] {
  return Object.entries(config.model_aliases).flatMap(([alias, models]) =>
    models.flatMap((model, index): Problem[] =>
      models.indexOf(model) === index ? [] : [{
        path: ["model_aliases", alias, index],
        message: `names "${model}" a second time`,
        severity: "warning",
      }]
    )
  );
}

const STRATEGY: ConfigPath = ["model_registry", "routing_strategy", "type"];

/** The Go program goes on with `strict` when it does not know the strategy, and says so. */
function strategyWarnings(config: FileConfig, written: unknown): Problem[] {
  const given = valueAt(written, STRATEGY);
  const used = config.model_registry.routing_strategy.type;
  if (given === undefined || given === null || String(given).toLowerCase() === used) return [];
  const message = `must be "strict", "optimistic" or "discovery", found ${describeFound(given)}; "${used}" is used`;
  return [{ path: STRATEGY, message, severity: "warning" }];
}
