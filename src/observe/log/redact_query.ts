const SECRET_KEYS = new Set(["api_key", "token", "access_token", "key", "password", "secret", "auth"]);

function keyOf(raw: string): string {
  const spaced = raw.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced).trim().toLowerCase();
  } catch {
    return spaced.trim().toLowerCase();
  }
}

/**
 * A query as it may be logged: the values of keys that carry secrets become `[REDACTED]`, everything else stays byte for
 * byte.
 * @param query With or without its leading `?`.
 */
export function redactQuery(query: string): string {
  if (!query.includes("=")) return query;
  return query.replace(
    /([^?&;=]+)=([^&;]*)/g,
    (pair, key: string) => SECRET_KEYS.has(keyOf(key)) ? `${key}=[REDACTED]` : pair,
  );
}
