/** How a `fetch` failed, for decisions. */
export type FetchErrorClass = "aborted" | "unreachable" | "reset" | "tls" | "other";

/** The same, finer: which wall the connection ran into. */
export type NetErrorReason = "aborted" | "timeout" | "refused" | "dns" | "no_route" | "tls" | "reset" | "other";

/** Causes are followed this deep; a cycle in `cause` must not hang us. */
const MAX_CAUSES = 5;

const REASON_OF_CODE: Readonly<Record<string, NetErrorReason>> = {
  ECONNREFUSED: "refused",
  ConnectionRefused: "refused",
  // A Unix socket whose file is missing, or may not be opened.
  ENOENT: "refused",
  EACCES: "refused",
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EAI_FAIL: "dns",
  EAI_NODATA: "dns",
  EAI_NONAME: "dns",
  EHOSTUNREACH: "no_route",
  ENETUNREACH: "no_route",
  EHOSTDOWN: "no_route",
  ENETDOWN: "no_route",
  EADDRNOTAVAIL: "no_route",
  ECONNRESET: "reset",
  ECONNABORTED: "reset",
  ECONNCLOSED: "reset",
  EPIPE: "reset",
  ConnectionClosed: "reset",
  // Something answered, but not with HTTP.
  Malformed_HTTP_Response: "reset",
  ETIMEDOUT: "timeout",
  ConnectionTimeout: "timeout",
};

const TLS_CODE = /CERT|TLS|SSL|^UNABLE_TO_|CRL|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED/;

/**
 * Deno's fetch errors carry no code at all, only the text of its HTTP client below the first cause. This table is the
 * only place in the program that reads such text. First match wins.
 */
const REASON_OF_TEXT: readonly (readonly [RegExp, NetErrorReason])[] = [
  [/dns error|failed to lookup address/i, "dns"],
  [/certificate|tls handshake|\btls\b|\bssl\b/i, "tls"],
  [/connection refused|os error 111\b|os error 61\b|os error 10061\b|No such file or directory/i, "refused"],
  [/no route to host|network is unreachable|host is down|os error 10051\b|os error 10065\b/i, "no_route"],
  [
    /connection reset|connection closed|unexpected eof|broken pipe|reading a body from connection|invalid HTTP version|error parsing|parsed/i,
    "reset",
  ],
  [/timed? ?out/i, "timeout"],
];

function reasonOfOne(error: Error): NetErrorReason | undefined {
  if (error.name === "AbortError") return "aborted";
  if (error.name === "TimeoutError") return "timeout";
  const code: unknown = "code" in error ? error.code : undefined;
  if (typeof code === "string") {
    const known = REASON_OF_CODE[code];
    if (known !== undefined) return known;
    if (TLS_CODE.test(code)) return "tls";
  }
  return undefined;
}

/**
 * Why a `fetch`, or the reading of its body, failed.
 *
 * @param error Whatever was thrown. Its causes are looked at as well.
 */
export function netErrorReason(error: unknown): NetErrorReason {
  let text: NetErrorReason | undefined;
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES && current instanceof Error; depth++) {
    const reason = reasonOfOne(current);
    if (reason !== undefined) return reason;
    const message = current.message;
    text ??= REASON_OF_TEXT.find(([pattern]) => pattern.test(message))?.[1];
    current = current.cause;
  }
  return text ?? "other";
}

/**
 * What kind of failure a `fetch` met. `aborted` covers time limits given by a signal too; an abort with a reason of
 * one's own surfaces as that very reason, so look at `signal.aborted` before asking here.
 *
 * @param error Whatever was thrown.
 */
export function classifyFetchError(error: unknown): FetchErrorClass {
  const reason = netErrorReason(error);
  switch (reason) {
    case "refused":
    case "dns":
    case "no_route":
      return "unreachable";
    case "timeout":
      // A TimeoutError comes from a signal; ETIMEDOUT is the kernel giving up on the connection.
      return error instanceof Error && error.name === "TimeoutError" ? "aborted" : "unreachable";
    case "aborted":
    case "reset":
    case "tls":
      return reason;
    case "other":
      return "other";
  }
}

/** The reason in plain words for people. Never contains an address. */
export const NET_ERROR_TEXT: Readonly<Record<NetErrorReason, string>> = {
  aborted: "the request was cancelled",
  timeout: "no answer in time",
  refused: "connection refused",
  dns: "the host name cannot be resolved",
  no_route: "no route to the host",
  tls: "the TLS certificate or handshake was refused",
  reset: "the connection was closed before an HTTP answer",
  other: "the request failed",
};
