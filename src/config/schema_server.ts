import * as v from "valibot";
import {
  boolean,
  cidr,
  duration,
  integer,
  list,
  mapping,
  nonEmptyText,
  optionalSetting,
  orDefault,
  secretText,
  section,
  setting,
  size,
  text,
} from "./setting_kinds.ts";

const DEFAULT_HEADER_BYTES = 1024 * 1024;
const SMALLEST_HEADER_BYTES = 4096;

const headerSize = v.pipe(
  orDefault(size(), DEFAULT_HEADER_BYTES),
  v.transform((bytes) => Math.max(bytes, SMALLEST_HEADER_BYTES)),
);

const requestLimits = section({
  max_body_size: setting(size(), "100MB", "Largest request body; a larger one gets 413. 0 takes any size."),
  max_header_size: setting(
    headerSize,
    "1MB",
    "Largest sum of request line and headers; a larger one gets 431. 0 means the default, and less than 4KB means 4KB.",
  ),
  max_buffered_bytes: setting(
    size(),
    "1GB",
    "How much memory all request bodies together may take while they are held for fail-over; beyond it requests get 503. 0 sets no bound.",
  ),
}, "Sizes that a request may have.");

const rateLimits = section({
  global_requests_per_minute: setting(integer(0), "0", "Requests a minute for all clients together; 0 is off."),
  per_ip_requests_per_minute: setting(integer(0), "0", "Requests a minute for one client address; 0 is off."),
  burst_size: setting(integer(0), "50", "How many requests may come at once before the rate counts."),
  health_requests_per_minute: setting(integer(0), "0", "Requests a minute for the health route; 0 is off."),
  cleanup_interval: setting(duration(), "5m", "How often the records of idle clients are dropped."),
  trust_proxy_headers: setting(
    boolean(),
    "false",
    "Whether the client address is read from X-Forwarded-For when the peer is a trusted proxy.",
  ),
  trusted_proxy_cidrs: setting(
    list(cidr()),
    ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
    "Addresses of the proxies whose forwarding headers are trusted.",
  ),
  per_endpoint: optionalSetting(v.unknown(), "Accepted from the Go program's sample file."),
}, "How many requests a client may send. Off unless set.");

const cors = section({
  enabled: setting(boolean(), "false", "Whether browsers on other origins may call olla."),
  allowed_origins: setting(list(text()), ["*"], "Origins that may call, or `*` for all."),
  allowed_methods: setting(list(nonEmptyText()), ["GET", "POST", "OPTIONS"], "Methods that a preflight allows."),
  allowed_headers: setting(list(nonEmptyText()), ["*"], "Request headers that a preflight allows, or `*`."),
  exposed_headers: setting(
    list(nonEmptyText()),
    [],
    "Response headers that scripts may read; none given means olla's own X-Olla-* headers.",
  ),
  allow_credentials: setting(
    boolean(),
    "false",
    "Whether cookies and credentials may come along; not with origin `*`.",
  ),
  max_age: setting(integer(0), "300", "Seconds for which a browser may keep a preflight's answer."),
}, "Cross-origin access for browsers.");

const checkedCors = v.pipe(
  cors,
  v.forward(
    v.partialCheck(
      [["enabled"], ["allowed_origins"]],
      (value) => !value.enabled || value.allowed_origins.length > 0,
      'must name at least one origin, or "*", when CORS is enabled',
    ),
    ["allowed_origins"],
  ),
  v.forward(
    v.partialCheck(
      [["enabled"], ["allowed_origins"], ["allow_credentials"]],
      (value) => !value.enabled || !value.allow_credentials || !value.allowed_origins.includes("*"),
      'must be false while allowed_origins holds "*": browsers refuse credentials for every origin; list the origins',
    ),
    ["allow_credentials"],
  ),
);

const tls = optionalSetting(
  mapping({
    cert_file: setting(nonEmptyText("the path of a PEM certificate"), "", "The server's certificate chain, PEM."),
    key_file: setting(nonEmptyText("the path of a PEM key"), "", "The certificate's private key, PEM."),
  }),
  "Certificate for listening on HTTPS.",
);

/** `server`: how olla listens and what it takes from clients. */
export const serverSchema = section({
  host: setting(
    nonEmptyText("a host name or address to listen on"),
    "localhost",
    "Address to listen on. `localhost` listens on 127.0.0.1 and ::1, `0.0.0.0` or `::` on every address.",
  ),
  port: setting(integer(0, 65535), "40114", "Port to listen on; 0 takes a free one, which the start banner names."),
  read_timeout: setting(
    duration(),
    "30s",
    "Longest silence between the bytes of a request body, not the time for the whole upload. 0 waits for ever.",
  ),
  read_header_timeout: setting(
    orDefault(duration(), 10_000),
    "10s",
    "Longest time for a request's headers to arrive. 0 means the default.",
  ),
  write_timeout: setting(duration(), "0", "Longest time for a whole response; 0 is no limit, as streams need."),
  idle_timeout: setting(
    duration(),
    "120s",
    "How long a client's connection may stay open between requests; at most 255s. 0 keeps it open.",
  ),
  shutdown_timeout: setting(duration(), "10s", "How long running streams may go on after SIGTERM or SIGINT."),
  shutdown_delay: setting(
    duration(),
    "0",
    "How long olla goes on accepting, while reporting that it is not ready, before it stops listening.",
  ),
  request_logging: setting(boolean(), "true", "Whether each request has its line in the access log."),
  root_routes: setting(
    boolean(),
    "true",
    "Whether `/v1/…` and `/api/…` are served on the root, so that olla can stand in for an OpenAI, Anthropic or Ollama base URL.",
  ),
  request_limits: requestLimits,
  rate_limits: rateLimits,
  cors: checkedCors,
  tls,
  admin_token: optionalSetting(secretText(), "Token that the routes which change things ask for."),
}, "How olla listens and what it takes from clients.");
