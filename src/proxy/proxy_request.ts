import type { Dialect } from "../errors.ts";
import type { Span } from "../routing/inspect.ts";
import type { ClientHeaders } from "./request_headers.ts";
import type { RequestRecord } from "./request_record.ts";
import type { Translation } from "./translation.ts";

/** Hears what the client gets; for the inspector. Never throws. */
export interface AnswerTap {
  /** The headers of the answer, before all else. */
  start(headers: Headers): void;
  whole(bytes: Uint8Array): void;
  /** Part of a stream. */
  piece(bytes: Uint8Array): void;
  /** The stream is over, whoever ended it. */
  end(): void;
}

/** One client request, read and understood. Immutable: every attempt derives from it. */
export interface ProxyRequest {
  readonly requestId: string;
  readonly method: string;
  /** What is asked of the backend, without the route's prefix and the query. */
  readonly path: string;
  /** With its leading `?`, or empty. */
  readonly query: string;
  readonly headers: ClientHeaders;
  readonly body: Uint8Array<ArrayBuffer> | undefined;
  /** As the client wrote it. */
  readonly model: string | undefined;
  /** The model that the path names, where it names one; another name takes its place there. */
  readonly pathModel: string | undefined;
  /** Where the model stands in the body, and how a name is written there. */
  readonly modelPlace: { readonly span: Span; readonly encode: (model: string) => Uint8Array } | undefined;
  readonly dialect: Dialect;
  /** Undefined unless somebody listens. */
  readonly tap: AnswerTap | undefined;
  /** Set where endpoints that do not speak the client's dialect can serve the request as well. */
  readonly translation: Translation | undefined;
  /** Set for what must reach a server once at most: it goes out on a new connection, and is not sent again. */
  readonly once?: true;
  readonly protocol: "http" | "https";
  /** Looked up only when needed: it costs a system call's worth. */
  readonly peerAddress: () => string;
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal;
  /** When it arrived, on the clock of the registry. */
  readonly arrivedAt: number;
  /** What is told about it when it is over. */
  readonly record: RequestRecord;
  /** Tells it: completes and emits the record. Called exactly once, when the last byte has gone or the client has left. */
  readonly finish: () => void;
}
