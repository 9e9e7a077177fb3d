import type { Dialect } from "../errors.ts";
import type { Span } from "../routing/inspect.ts";
import type { ClientHeaders } from "./request_headers.ts";
import type { RequestRecord } from "./request_record.ts";

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
