/** Texts of the status JSON, as the Go program writes them. */

const UNITS = ["B", "KB", "MB", "GB", "TB", "PB"] as const;

/** `512 B`, `1.20 MB`: base 1024. */
export function formatBytes(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return unit === 0 ? `${Math.round(value)} B` : `${value.toFixed(2)} ${UNITS[unit]}`;
}

/** `0ms`, `120ms`, `2.3s`. */
export function formatLatency(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)}ms` : `${(ms / 1000).toFixed(1)}s`;
}

/** `0%`, `100%`, `98.2%`. @param ratio 0 to 1. */
export function formatPercent(ratio: number): string {
  const percent = ratio * 100;
  return percent === 0 || percent === 100 ? `${percent}%` : `${percent.toFixed(1)}%`;
}

function largestUnit(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86400)}d`;
}

/** `never`, `5s ago`. @param at Epoch ms; 0 for never. */
export function formatAgo(at: number, now: number): string {
  return at === 0 ? "never" : `${largestUnit(Math.max(0, now - at))} ago`;
}

/** `unknown`, `now`, `in 3s`. @param at Epoch ms; 0 for unknown. */
export function formatUntil(at: number, now: number): string {
  if (at === 0) return "unknown";
  return at <= now ? "now" : `in ${largestUnit(at - now)}`;
}

/** `42s`, `3m`, `2h 5m`, `4d 7h`. */
export function formatUptime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return `${days}d ${hours % 24}h`;
  if (hours > 0) return `${hours}h ${minutes % 60}m`;
  return minutes > 0 ? `${minutes}m` : `${seconds}s`;
}
