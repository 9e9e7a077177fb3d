/**
 * Milliseconds since 1970 with sub-microsecond steps, equal in all processes of one machine (measured: within 2 µs), so
 * that a timestamp written by the mock can be subtracted by the load client.
 */
export function epochMs(): number {
  return performance.timeOrigin + performance.now();
}
