import type { Dialect } from "../errors.ts";
import { isValidRequestId } from "../lib/request_id.ts";
import { type ClientHeaders, readClientHeaders } from "../proxy/request_headers.ts";
import type { RequestRecord } from "../proxy/request_record.ts";
import type { Connection } from "../runtime.ts";
import { type RequestTarget, splitTarget } from "./request_target.ts";

/** One request and what is told about it: what every route starts from. */
export interface Exchange {
  readonly request: Request;
  readonly connection: Connection;
  readonly target: RequestTarget;
  readonly headers: ClientHeaders;
  readonly requestId: string;
  /** On the registry's clock. */
  readonly arrivedAt: number;
  readonly record: RequestRecord;
  /** The shape of error bodies; known once the route is. */
  dialect: Dialect;
  /** The TCP peer's address, looked up once and only when asked for. */
  readonly peerAddress: () => string;
  /** Completes and emits the record. Called exactly once. */
  readonly finish: () => void;
}

/** What exchanges are made with. */
export interface ExchangeDeps {
  readonly now: () => number;
  readonly nextRequestId: () => string;
  /** `server.idle_timeout`, in s; what a connection gets back when its request is over. */
  readonly idleTimeoutS: number;
  readonly onFinished: (record: RequestRecord) => void;
}

/** Begins an exchange: reads the headers, gives it an id, opens its record. */
export function beginExchange(request: Request, connection: Connection, deps: ExchangeDeps): Exchange {
  const arrivedAt = deps.now();
  const target = splitTarget(request.url);
  const headers = readClientHeaders(request.headers);
  const own = headers.requestId;
  const requestId = own !== undefined && isValidRequestId(own) ? own : deps.nextRequestId();
  const record: RequestRecord = {
    requestId,
    method: request.method,
    path: target.path,
    query: target.query,
    userAgent: headers.userAgent,
    remoteAddress: "",
    startedAt: Date.now(),
    durationMs: 0,
    firstByteMs: undefined,
    status: 0,
    requestBytes: 0,
    responseBytes: 0,
    model: undefined,
    modelId: undefined,
    translator: undefined,
    routing: undefined,
    endpoint: undefined,
    backendType: undefined,
    stream: false,
    attempts: [],
    errorCode: undefined,
    outcome: "ok",
  };
  const peerAddress = () => record.remoteAddress ||= connection.peerAddress();
  const finish = () => {
    record.durationMs = deps.now() - arrivedAt;
    peerAddress();
    connection.setIdleTimeout(deps.idleTimeoutS);
    deps.onFinished(record);
  };
  return { request, connection, target, headers, requestId, arrivedAt, record, dialect: "openai", peerAddress, finish };
}
