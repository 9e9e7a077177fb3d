/**
 * The wait that an answer asks for, in ms: `Retry-After` as seconds or as a date (RFC 9110, section 10.2.3). Undefined
 * when the header is missing or makes no sense.
 *
 * @param value The header's value; null for none, as `Headers.get` gives it.
 * @param now Epoch ms, for dates.
 */
export function parseRetryAfter(value: string | null, now: number): number | undefined {
  const text = value?.trim() ?? "";
  if (text === "") return undefined;
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  // "-5" parses as a date in the year 2001 under some engines: dates of HTTP begin with a weekday.
  return /^[a-z]/i.test(text) && !Number.isNaN(date) ? Math.max(0, date - now) : undefined;
}
