import type { RoutingDecision } from "../routing/candidate.ts";

/** How one attempt at one endpoint ended, in a word for logs and the status. */
export interface AttemptRecord {
  readonly endpoint: string;
  /** `ok`, an HTTP status class (`busy`, `server_error`, …) or a failure kind (`unreachable`, `closed`, …). */
  readonly outcome: string;
}

/** How the whole request ended. */
export type RequestOutcome =
  | "ok" // the answer reached its end
  | "refused" // answered by us before or instead of a backend
  | "failed" // every backend failed
  | "cut" // the backend broke off after the first byte
  | "client_gone" // the client left first; logged as 499
  | "stopped"; // olla itself was stopped and cut it

/** How a request in a dialect that not every endpoint speaks was served. */
export interface TranslatorUse {
  /** `anthropic`, `responses` or `ollama`. */
  readonly name: string;
  readonly mode: "passthrough" | "translation";
  /** Why it could not be passed through; undefined when it was, or was translated by choice. */
  readonly fallbackReason: "no_compatible_endpoints" | "cannot_passthrough" | undefined;
}

/** What happened to one request, emitted exactly once, when its last byte has gone or its client has left. */
export interface RequestRecord {
  readonly requestId: string;
  readonly method: string;
  /** As the client asked for it, without the query. */
  readonly path: string;
  /** With its leading `?`, or empty. */
  readonly query: string;
  readonly userAgent: string | undefined;
  /** The TCP peer's address; looked up only when the record is written. */
  remoteAddress: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** From the request's arrival to its last byte, in ms. */
  durationMs: number;
  /** From the request's arrival to the first body byte, in ms; undefined when none was sent. */
  firstByteMs: number | undefined;
  status: number;
  requestBytes: number;
  responseBytes: number;
  /** As the client wrote it. */
  model: string | undefined;
  /** The catalogue's name for it, or the alias; undefined when nobody has it. */
  modelId: string | undefined;
  /** How the last attempt served a request in another dialect than OpenAI's; undefined for one in that. */
  translator: TranslatorUse | undefined;
  /** How it was placed; undefined for a request without a model. */
  routing: RoutingDecision | undefined;
  endpoint: string | undefined;
  backendType: string | undefined;
  /** Whether a stream was asked for, or given. */
  stream: boolean;
  attempts: AttemptRecord[];
  errorCode: string | undefined;
  outcome: RequestOutcome;
}
