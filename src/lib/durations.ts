const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  "µs": 1e-3, // U+00B5, micro sign
  "μs": 1e-3, // U+03BC, Greek letter mu
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Keeps the pattern below quick on any input. */
const LONGEST_TEXT = 64;

const WHOLE = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/u;
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gu;

/**
 * Reads a duration as Go's `time.ParseDuration` does: `5s`, `1m30s`, `1.5h`, `500ms`, `0`.
 * @returns Milliseconds (fractions kept, negative ones too), or undefined when the text is no duration.
 */
export function parseDuration(text: string): number | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  if (/^[+-]?0+$/.test(text)) return 0;
  const whole = WHOLE.exec(text);
  if (whole === null) return undefined;
  let ms = 0;
  for (const [, number, unit] of (whole[2] ?? "").matchAll(PART)) ms += Number(number) * (UNIT_MS[unit ?? ""] ?? NaN);
  if (!Number.isFinite(ms) || ms === 0) return ms === 0 ? 0 : undefined;
  return whole[1] === "-" ? -ms : ms;
}

/** Writes milliseconds as Go does, in the units a person would choose: `1m30s`, `1.5s`, `250ms`, `0s`. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms > 0 && ms < 1000) return `${Number(ms.toPrecision(12))}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const seconds = Number(((ms % 60_000) / 1000).toFixed(9));
  const parts = [hours > 0 ? `${hours}h` : "", minutes > 0 ? `${minutes}m` : "", seconds > 0 ? `${seconds}s` : ""].join(
    "",
  );
  return parts === "" ? "0s" : parts;
}
