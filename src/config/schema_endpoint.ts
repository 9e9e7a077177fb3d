import * as v from "valibot";
import { formatDuration } from "../lib/durations.ts";
import { endpointAuthSchema } from "./schema_auth.ts";
import { nameFilter } from "./schema_proxy.ts";
import {
  boolean,
  duration,
  expandedText,
  integer,
  list,
  mapping,
  nonEmptyText,
  optionalSetting,
  record,
  secret,
  secretText,
  setting,
  text,
} from "./setting_kinds.ts";

const LONGEST_CHECK_MS = 30_000;

const endpointTls = optionalSetting(
  mapping({
    ca_file: optionalSetting(nonEmptyText("the path of a PEM file"), "Certificate authorities to trust, PEM."),
    cert_file: optionalSetting(nonEmptyText("the path of a PEM file"), "Client certificate, PEM; needs `key_file`."),
    key_file: optionalSetting(nonEmptyText("the path of a PEM file"), "Key of the client certificate, PEM."),
    server_name: optionalSetting(
      nonEmptyText("a host name"),
      "Name that the endpoint's certificate is checked against.",
    ),
    insecure_skip_verify: setting(boolean(), "false", "Takes any certificate. Only for tests."),
  }),
  "TLS towards an `https` endpoint.",
);

const entries = {
  url: setting(
    expandedText("the server's address, such as http://localhost:11434"),
    "",
    "Address of the server: `http://…`, `https://…` or `unix:/path/of.sock`. A path in it is the base of its health check and model list, and of requests with `preserve_path`. Required.",
  ),
  name: optionalSetting(
    text(),
    "Name in logs, headers and status; unique. Without it, type, host and port make one: `ollama-localhost-11434`.",
  ),
  type: optionalSetting(
    text("a backend type"),
    "Backend type, by any name or prefix of a profile. Left out or `auto`: olla asks the server.",
  ),
  priority: setting(integer(0), "100", "The higher number is used first by the `priority` balancer."),
  health_check_url: optionalSetting(
    expandedText(),
    "Path (or absolute URL) of the health check; by default the one of its type.",
  ),
  model_url: optionalSetting(
    expandedText(),
    "Path (or absolute URL) of the model list; by default the one of its type.",
  ),
  check_interval: setting(duration({ min: 1000 }), "5s", "Time between health checks; at least 1s."),
  check_timeout: setting(
    duration({ min: 1 }),
    "2s",
    "Longest health check; less than `check_interval` and at most 30s.",
  ),
  preserve_path: setting(
    boolean(),
    "false",
    "Whether the path in `url` is put before the path of requests; otherwise the request path takes its place.",
  ),
  model_filter: nameFilter("Which of its models are used."),
  auth: endpointAuthSchema,
  headers: setting(
    secret(record(v.string(), secretText(), "a mapping of header names to values")),
    {},
    "Headers set on every request to this endpoint, health checks included; `${VAR}` and `${VAR:-default}` are replaced.",
  ),
  tls: endpointTls,
  forward_auth: setting(boolean(), "false", "Whether the client's own `Authorization` goes to the endpoint."),
  proxy_url: optionalSetting(
    secret(expandedText("the address of an HTTP proxy, such as http://proxy:3128")),
    "HTTP proxy for this endpoint alone. HTTP_PROXY and its kin never apply to endpoints.",
  ),
  max_concurrent_requests: setting(integer(0), "0", "Most requests at once; 0 is no limit."),
  weight: setting(integer(1, 1000), "1", "Share of the requests beside endpoints of the same priority."),
  health_check_deep: setting(
    boolean(),
    "false",
    "Keeps a health check that calls models (LiteLLM's and SGLang's `/health`) where a free one would take its place.",
  ),
};

/** One entry of `endpoints`, as the file says it. Checks across entries are in `endpoint_list.ts`. */
export const endpointSchema = v.pipe(
  mapping(entries),
  v.forward(
    v.partialCheck(
      [["check_timeout"]],
      (value) => value.check_timeout <= LONGEST_CHECK_MS,
      `must be at most ${formatDuration(LONGEST_CHECK_MS)}`,
    ),
    ["check_timeout"],
  ),
  v.forward(
    v.partialCheck(
      [["check_interval"], ["check_timeout"]],
      (value) => value.check_timeout < value.check_interval,
      (issue) => `must be less than check_interval (${formatDuration(issue.input.check_interval)})`,
    ),
    ["check_timeout"],
  ),
);

/** A list of endpoints, as it stands under `endpoints` and under `discovery.static.endpoints`. */
export const endpointListSchema = setting(
  list(endpointSchema, 'a list of endpoints, each beginning with "- url: …"'),
  [],
  "The LLM servers that olla stands in front of.",
);
