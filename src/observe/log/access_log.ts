import type { Paint } from "../../lib/paint.ts";
import type { LineWriter } from "./line_writer.ts";
import { clockTime, levelWord, type LogLevel, safeText } from "./log_line.ts";
import { isLogged } from "./logger.ts";
import { redactQuery } from "./redact_query.ts";

/** What the access log reads of a finished request. */
export interface AccessRecord {
  readonly requestId: string;
  readonly remoteAddress: string;
  readonly method: string;
  readonly path: string;
  /** With its leading `?`, or empty. */
  readonly query: string;
  readonly status: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly firstByteMs: number | undefined;
  readonly endpoint: string | undefined;
  readonly backendType: string | undefined;
  readonly model: string | undefined;
  readonly attempts: readonly { readonly endpoint: string; readonly outcome: string }[];
  readonly stream: boolean;
  readonly errorCode: string | undefined;
  readonly outcome: string;
  readonly userAgent: string | undefined;
}

/** Dashboards and probes ask all day long; their good answers are worth a line only to whoever debugs. */
function isQuietPoll(record: AccessRecord): boolean {
  return (record.method === "GET" || record.method === "HEAD") && record.path.startsWith("/internal/") &&
    ((record.status >= 200 && record.status < 300) || record.status === 304);
}

/** How important a request's line is: failures of backends are warnings, quiet polls are for debugging. */
export function accessLevel(record: AccessRecord): LogLevel {
  if (record.outcome === "failed" || record.outcome === "cut") return "warn";
  return isQuietPoll(record) ? "debug" : "info";
}

/** Text that needs no escape in JSON: most paths, names and ids. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

function field(name: string, text: string | undefined): string {
  return text === undefined ? "" : `,"${name}":${quoted(text)}`;
}

/** Milliseconds with three decimals at most. */
function thousandths(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/**
 * The line for programs: one JSON object. Pure; holds no header, no body and no secret of the query. Built by hand, since
 * every request pays for it: `JSON.stringify` of an object with as many fields takes several times as long.
 */
export function accessJson(record: AccessRecord): string {
  const { query, firstByteMs, attempts } = record;
  return `{"timestamp":"${new Date(record.startedAt + record.durationMs).toISOString()}"` +
    `,"level":"${accessLevel(record)}","message":"Access log"` +
    field("request_id", record.requestId) +
    field("remote_addr", record.remoteAddress) +
    field("method", record.method) +
    field("path", record.path) +
    (query === "" ? "" : field("query", redactQuery(query).replace(/^\?/, ""))) +
    `,"status":${record.status},"request_bytes":${record.requestBytes},"response_bytes":${record.responseBytes}` +
    `,"duration_ms":${thousandths(record.durationMs)}` +
    (firstByteMs === undefined ? "" : `,"ttfb_ms":${thousandths(firstByteMs)}`) +
    field("endpoint", record.endpoint) +
    field("backend_type", record.backendType) +
    field("model", record.model) +
    `,"attempts":${countAttempts(record)}` +
    (attempts.length > 1 ? field("tried", triedEndpoints(record)) : "") +
    `,"stream":${record.stream}` +
    field("outcome", record.outcome) +
    field("error_code", record.errorCode) +
    field("user_agent", record.userAgent) +
    "}\n";
}

/** A reset that is tried again on a new connection is one attempt, not two. */
function countAttempts({ attempts }: AccessRecord): number {
  let count = 0;
  for (const { outcome } of attempts) if (outcome !== "reset") count++;
  return count;
}

function triedEndpoints(record: AccessRecord): string {
  return record.attempts.map((attempt) => `${attempt.endpoint}: ${attempt.outcome}`).join(", ");
}

function readableSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function readableTime(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 1 : 0)}ms` : `${(ms / 1000).toFixed(2)}s`;
}

function paintedStatus(record: AccessRecord, paint: Paint): string {
  const status = String(record.status);
  if (record.status >= 500 || record.outcome === "cut") return paint.red(status);
  return record.status >= 400 ? paint.yellow(status) : paint.green(status);
}

/** The line for people. A record with more than one attempt shows them all. */
export function accessText(record: AccessRecord, paint: Paint): string {
  const level = accessLevel(record);
  const target = safeText(record.path + redactQuery(record.query));
  const parts = [
    paint.dim(clockTime(record.startedAt + record.durationMs)),
    levelWord(level, paint),
    paintedStatus(record, paint),
    `${safeText(record.method)} ${target}`,
  ];
  if (record.model !== undefined) parts.push(paint.cyan(safeText(record.model)));
  if (record.attempts.length > 1) parts.push(`-> ${safeText(triedEndpoints(record))}`);
  else if (record.endpoint !== undefined) parts.push(`-> ${safeText(record.endpoint)}`);
  const firstByte = record.firstByteMs === undefined ? "" : `, first byte ${readableTime(record.firstByteMs)}`;
  parts.push(`${readableTime(record.durationMs)}${record.stream ? firstByte : ""}`);
  parts.push(`${readableSize(record.requestBytes)} in, ${readableSize(record.responseBytes)} out`);
  if (record.outcome === "client_gone") parts.push(paint.yellow("client left"));
  if (record.outcome === "cut") parts.push(paint.red("cut by the backend"));
  if (record.errorCode !== undefined) parts.push(paint.yellow(record.errorCode));
  parts.push(paint.dim(record.requestId));
  return `${parts.join("  ")}\n`;
}

/** How {@link makeAccessLog} writes. */
export interface AccessLogOptions {
  readonly writer: Pick<LineWriter, "write">;
  readonly level: LogLevel;
  readonly format: "json" | "text";
  readonly paint: Paint;
}

/** A function that writes one line for a finished request. */
export function makeAccessLog(options: AccessLogOptions): (record: AccessRecord) => void {
  const { writer, level, format, paint } = options;
  return function logAccess(record) {
    if (!isLogged(accessLevel(record), level)) return;
    writer.write(format === "json" ? accessJson(record) : accessText(record, paint));
  };
}
