/** What went wrong, in the words of the error envelope's `code` field. */
export const ERROR_STATUS = {
  model_not_found: 404,
  model_unavailable: 503,
  no_endpoints: 503,
  path_not_enabled: 404,
  method_not_allowed: 405,
  invalid_json: 400,
  invalid_request: 400,
  body_too_large: 413,
  headers_too_large: 431,
  rate_limited: 429,
  queue_full: 503,
  queue_timeout: 503,
  upstream_unreachable: 502,
  upstream_timeout: 504,
  upstream_error: 502,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  capability_missing: 400,
  overloaded: 503,
  management_disabled: 403,
  loop_detected: 508,
  not_supported: 501,
  internal: 500,
} as const;

/** One of the codes a client can meet in an error body. */
export type ErrorCode = keyof typeof ERROR_STATUS;

/** Details that change how an {@link OllaError} is rendered. */
export interface OllaErrorOptions {
  /** The request field at fault, as OpenAI's `param`. */
  readonly param?: string;
  /** Response headers to add, such as `Retry-After` or `Allow`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** HTTP status when it differs from the code's own (429 when every model rests). */
  readonly status?: number;
  readonly cause?: unknown;
}

/** A refusal of ours. Rendered in the caller's dialect by `http/error_response.ts`; never built into a body elsewhere. */
export class OllaError extends Error {
  override readonly name = "OllaError";
  readonly code: ErrorCode;
  readonly status: number;
  readonly param: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param code What kind of refusal this is; it decides the HTTP status.
   * @param message What happened and what to do, for the client's user. Never names a backend's address.
   */
  constructor(code: ErrorCode, message: string, options: OllaErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.status = options.status ?? ERROR_STATUS[code];
    this.param = options.param;
    this.headers = options.headers ?? {};
  }
}

/** How far an attempt had come when it failed. */
export type AttemptPhase = "connect" | "headers" | "first_byte" | "body";

/** Why an attempt failed without an answer that could be passed on. */
export type UpstreamFailureKind =
  | "unreachable" // refused, DNS, no route, TLS
  | "connect_timeout"
  | "reset" // closed within a second of sending: perhaps a stale pooled socket
  | "closed" // closed before headers or before the first body byte
  | "header_timeout"
  | "probe_refused" // the endpoint's probe found it gone while we waited
  | "cut"; // after the first byte

/** A failed attempt, classified once where the exception was caught. */
export class UpstreamFailure extends Error {
  override readonly name = "UpstreamFailure";
  readonly kind: UpstreamFailureKind;
  readonly phase: AttemptPhase;

  constructor(kind: UpstreamFailureKind, phase: AttemptPhase, cause?: unknown) {
    super(`Upstream failed: ${kind} in phase ${phase}`, { cause });
    this.kind = kind;
    this.phase = phase;
  }
}

/** Whose shape an error body has: that of the API the caller speaks. */
export type Dialect = "openai" | "anthropic" | "ollama";

/** Anthropic's error types by status, https://docs.anthropic.com/en/api/errors. */
const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  405: "invalid_request_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
};

/** OpenAI's error types by status; SDKs choose their exception by the status, people read the type. */
function openAiType(status: number): string {
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 429) return "rate_limit_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}

/** The error envelope of a dialect as a value to serialise. */
function envelope(dialect: Dialect, error: OllaError, requestId: string): unknown {
  switch (dialect) {
    case "openai": {
      const { message, param = null, code } = error;
      return { error: { message, type: openAiType(error.status), param, code } };
    }
    case "anthropic": {
      const type = ANTHROPIC_TYPES[error.status] ?? (error.status < 500 ? "invalid_request_error" : "api_error");
      return { type: "error", error: { type, message: error.message }, request_id: requestId };
    }
    case "ollama":
      return { error: error.message };
  }
}

/** The JSON body of an error answer. */
export function errorBody(dialect: Dialect, error: OllaError, requestId: string): string {
  return JSON.stringify(envelope(dialect, error, requestId));
}

/** The error as an event inside a stream that has already begun: SSE for OpenAI and Anthropic, a line for Ollama. */
export function errorEvent(dialect: Dialect, error: OllaError, requestId: string): string {
  const json = errorBody(dialect, error, requestId);
  switch (dialect) {
    case "openai":
      return `data: ${json}\n\n`;
    case "anthropic":
      return `event: error\ndata: ${json}\n\n`;
    case "ollama":
      return `${json}\n`;
  }
}
