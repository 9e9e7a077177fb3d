const SESSION = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * The name of the file that a request is written to: the session that its client names, else the client's request id,
 * else `default`. What could be anything but a plain file name is passed over.
 *
 * @param sessionHeader `translators.anthropic.inspector.session_header`.
 */
export function inspectorSession(headers: Headers, sessionHeader: string): string {
  for (const name of [sessionHeader, "X-Request-ID"]) {
    const value = headers.get(name)?.trim() ?? "";
    if (SESSION.test(value)) return value;
  }
  return "default";
}
