import { OllaError } from "../errors.ts";
import { LONGEST_MODEL_NAME } from "../lib/model_names.ts";
import type { ClientHeaders } from "../proxy/request_headers.ts";
import { type Inspection, inspectJson, type InvalidBody } from "../routing/inspect.ts";
import { inspectMultipart } from "../routing/inspect_multipart.ts";
import { NO_NEEDS } from "../routing/needs.ts";

const NO_MODEL: Inspection = {
  kind: "ok",
  model: undefined,
  modelSpan: undefined,
  stream: undefined,
  needs: NO_NEEDS,
};
const OPEN_BRACE = 0x7b;

function isMultipart(headers: ClientHeaders): boolean {
  return headers.contentType !== undefined && /^multipart\//i.test(headers.contentType);
}

function isJson(headers: ClientHeaders): boolean {
  return headers.contentType !== undefined && headers.contentType.toLowerCase().includes("json");
}

/** The first byte that is no white space, or -1. */
function firstByte(bytes: Uint8Array): number {
  for (const byte of bytes) if (byte > 0x20) return byte;
  return -1;
}

/**
 * What a body says about routing, by its content type. A JSON object is recognised without a JSON content type too
 * (`curl -d` sends none), but then it need not be valid: it may be something else that begins with a brace.
 *
 * @throws {OllaError} `invalid_json` or `invalid_request`.
 */
export function inspectBody(bytes: Uint8Array, headers: ClientHeaders): Inspection {
  const { contentEncoding } = headers;
  if (contentEncoding !== undefined && contentEncoding.toLowerCase() !== "identity") {
    throw new OllaError(
      "invalid_request",
      `The request body has Content-Encoding "${contentEncoding}", so its model cannot be read; send it uncompressed`,
    );
  }
  if (isMultipart(headers)) return accept(inspectMultipart(bytes, headers.contentType ?? ""));
  if (isJson(headers)) return accept(inspectJson(bytes));
  if (firstByte(bytes) !== OPEN_BRACE) return NO_MODEL;
  const guess = inspectJson(bytes);
  return guess.kind === "invalid" && guess.fault === "syntax" ? NO_MODEL : accept(guess);
}

function accept(result: Inspection | InvalidBody): Inspection {
  if (result.kind === "ok") {
    if (result.model === "") throw new OllaError("invalid_request", "The model name is empty", { param: "model" });
    if (result.model === undefined || result.model.length <= LONGEST_MODEL_NAME) return result;
    const message = `The model name is ${result.model.length} characters long; at most ${LONGEST_MODEL_NAME} are taken`;
    throw new OllaError("invalid_request", message, { param: "model" });
  }
  if (result.fault === "syntax") throw new OllaError("invalid_json", result.message);
  throw new OllaError("invalid_request", result.message, { param: "model" });
}

/** How a model name is written into such a body: as a JSON string, or as it is in a multipart field. */
export function encodeModelFor(headers: ClientHeaders): (model: string) => Uint8Array {
  const encoder = new TextEncoder();
  return isMultipart(headers) ? (model) => encoder.encode(model) : (model) => encoder.encode(JSON.stringify(model));
}
