const JSON_TYPE = "application/json";

/**
 * A response with a text of ours. Its length is stated, so that the access log can tell it without reading the body.
 *
 * @param text The whole body.
 */
export function textResponse(
  text: string,
  { status = 200, type }: { readonly status?: number; readonly type: string },
): Response {
  const headers = { "content-type": type, "content-length": String(Buffer.byteLength(text)) };
  return new Response(text, { status, headers });
}

/** A response with JSON that is already text. */
export function jsonTextResponse(json: string, status = 200): Response {
  return textResponse(json, { status, type: JSON_TYPE });
}

/** A response with a value as JSON. */
export function jsonResponse(value: unknown, status = 200): Response {
  return jsonTextResponse(JSON.stringify(value), status);
}
