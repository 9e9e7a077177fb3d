import * as v from "valibot";
import { isHeaderName } from "./schema_auth.ts";
import {
  boolean,
  cidr,
  integer,
  list,
  nonEmptyText,
  oneOf,
  orDefault,
  section,
  setting,
  size,
  text,
} from "./setting_kinds.ts";

/** `logging`: what olla writes about itself. */
export const loggingSchema = section({
  level: setting(oneOf(["debug", "info", "warn", "error"]), "info", "The least important lines to write."),
  format: setting(
    oneOf(["auto", "json", "text"]),
    "auto",
    "`auto` is readable text on a terminal and one JSON object a line elsewhere.",
  ),
  output: setting(oneOf(["stdout", "file"]), "stdout", "Where the log goes."),
}, "What olla writes about itself.");

/** `engineering`: looks inside. */
export const engineeringSchema = section({
  show_nerdstats: setting(boolean(), "false", "Whether figures of the process are printed at the end."),
}, "Looks inside the process.");

const accessPolicy = section({
  allowed_cidrs: setting(
    list(cidr()),
    ["127.0.0.0/8", "::1/128"],
    "Addresses that may open the dashboard. Forwarding headers do not count.",
  ),
  allowed_hosts: setting(
    list(nonEmptyText()),
    ["localhost"],
    "Host names under which it may be opened; addresses always may.",
  ),
  gate_internal_api: setting(boolean(), "false", "Whether the same rule holds for `/internal/…`."),
}, "Who may open the dashboard.");

/** `dashboard`: the page at `/internal/ui/`. */
export const dashboardSchema = v.pipe(
  section({
    enabled: setting(boolean(), "true", "Whether the page is served."),
    access_policy: accessPolicy,
  }, "The page at `/internal/ui/`."),
  v.forward(
    v.partialCheck(
      [["enabled"], ["access_policy", "allowed_cidrs"]],
      (value) => !value.enabled || value.access_policy.allowed_cidrs.length > 0,
      "must name at least one range of addresses when the dashboard is enabled",
    ),
    ["access_policy", "allowed_cidrs"],
  ),
);

const LARGEST_MESSAGE_BYTES = 100 * 1024 * 1024;
const SYSTEM_FOLDERS = /^\/(?:etc|var|usr|bin|sbin|boot|sys|proc|dev|root)(?:\/|$)/;
const WINDOWS_SYSTEM_FOLDERS = /^[a-z]:[\\/](?:windows|program files(?: \(x86\))?)(?:[\\/]|$)/i;

/** Whether prompts would be written into a folder of the system, `..` and `.` in the path considered. */
function isSystemFolder(path: string): boolean {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  const plain = path.startsWith("/") ? `/${parts.join("/")}` : path;
  return plain === "/" || SYSTEM_FOLDERS.test(plain) || /^[a-z]:[\\/]?$/i.test(path) ||
    WINDOWS_SYSTEM_FOLDERS.test(path);
}

const inspector = v.pipe(
  section({
    enabled: setting(
      boolean(),
      "false",
      "Whether prompts and answers are written to files. They hold everything said.",
    ),
    output_dir: setting(
      v.pipe(text(), v.transform((path) => path === "" ? "./inspector-logs" : path)),
      "logs/inspector/anthropic",
      "Folder of these files, one a day and session; empty means `./inspector-logs`.",
    ),
    session_header: setting(
      v.pipe(text(), v.transform((name) => name === "" ? "X-Session-ID" : name)),
      "X-Session-ID",
      "Request header that names the session; empty means the default.",
    ),
  }, "Writing translated conversations to files, to look into them."),
  v.forward(
    v.partialCheck(
      [["enabled"], ["output_dir"]],
      (value) => !value.enabled || !isSystemFolder(value.output_dir),
      "must not be a folder of the system",
    ),
    ["output_dir"],
  ),
  v.forward(
    v.partialCheck(
      [["enabled"], ["session_header"]],
      (value) => !value.enabled || isHeaderName(value.session_header),
      "must be a header name",
    ),
    ["session_header"],
  ),
);

/** `translators`: APIs that olla speaks to clients beyond what its endpoints speak. */
export const translatorsSchema = section({
  anthropic: section({
    enabled: setting(boolean(), "true", "Whether `/olla/anthropic/v1/…` is served."),
    passthrough_enabled: setting(
      boolean(),
      "true",
      "Whether endpoints that speak it themselves get requests untranslated.",
    ),
    max_message_size: setting(
      orDefault(size({ max: LARGEST_MESSAGE_BYTES }), LARGEST_MESSAGE_BYTES),
      "100MB",
      "Largest request; at most 100MB. 0 means the default. `server.request_limits.max_body_size` holds as well.",
    ),
    inspector,
  }, "Anthropic's Messages API."),
  responses: section({
    store_max: setting(
      integer(0, 100_000),
      "0",
      "Conversations kept in memory, at most 64 MB of JSON in all, for `previous_response_id`, where the endpoint itself has no Responses API; the least recently used goes first. 0 keeps none.",
    ),
  }, "OpenAI's Responses API."),
}, "APIs that olla speaks to clients beyond what its endpoints speak.");
