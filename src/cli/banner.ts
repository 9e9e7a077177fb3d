import type { Paint } from "../lib/paint.ts";

/** What the banner tells of one endpoint. */
export interface BannerEndpoint {
  readonly name: string;
  /** As shown to people: no credentials. */
  readonly url: string;
  readonly type: string | undefined;
  readonly status: string;
  /** Why the status is what it is; empty when there is nothing to say. */
  readonly detail: string;
  readonly models: number;
}

/** Known as soon as olla listens. */
export interface ListeningFacts {
  readonly version: string;
  /** As a client writes it, without a final slash. */
  readonly url: string;
  /** Every address that is listened on, as in `127.0.0.1:40114`. */
  readonly addresses: readonly string[];
  /** Undefined when there is no config file. */
  readonly configFile: string | undefined;
  readonly demo: boolean;
  readonly warnings: readonly string[];
  /** The one warning that must not be overlooked. */
  readonly alarm: string | undefined;
}

/** Known once the endpoints have been asked. */
export interface ReadyFacts {
  readonly url: string;
  readonly configFile: string | undefined;
  readonly demo: boolean;
  readonly endpoints: readonly BannerEndpoint[];
  /** Ids of models that can be asked for now. */
  readonly models: readonly string[];
  /** Whether `/v1` is served on the root. */
  readonly rootRoutes: boolean;
}

const NOT_FOR_CHAT = /embed|rerank|bge-|whisper|tts|clip|guard/i;

/** A model for the example: one that chats, as far as its name tells. */
export function exampleModel(models: readonly string[]): string | undefined {
  return models.find((model) => !NOT_FOR_CHAT.test(model)) ?? models[0];
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command that can be pasted into a shell and answers. */
export function exampleCommand(facts: Pick<ReadyFacts, "url" | "rootRoutes">, model: string): string {
  const path = facts.rootRoutes ? "/v1/chat/completions" : "/olla/proxy/v1/chat/completions";
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] });
  return `curl ${facts.url}${path} -H 'Content-Type: application/json' -d ${shellQuoted(body)}`;
}

/** The banner's first part, printed when olla listens. Ends with a line break. */
export function formatListening(facts: ListeningFacts, paint: Paint): string {
  const origin = facts.configFile ??
    (facts.demo ? "none (--demo)" : "none: looking for LLM servers on this machine (olla.yaml would name others)");
  const lines = [
    "",
    `${paint.bold(`olla ${facts.version}`)}  ${paint.cyan(facts.url)}`,
    "",
    `  listening  ${facts.addresses.join(", ")}`,
    `  config     ${origin}`,
    ...facts.warnings.map((warning) => `  ${paint.yellow("warning")}    ${indented(warning)}`),
  ];
  if (facts.alarm !== undefined) {
    lines.push("", `  ${paint.bold(paint.red("WARNING"))}    ${paint.bold(indented(facts.alarm))}`);
  }
  return `${lines.join("\n")}\n`;
}

function indented(text: string): string {
  return text.replaceAll("\n", `\n${" ".repeat(13)}`);
}

function paintStatus(status: string, width: number, paint: Paint): string {
  const word = status.padEnd(width);
  if (status === "healthy") return paint.green(word);
  if (status === "busy" || status === "warming" || status === "rate_limited" || status === "draining") {
    return paint.yellow(word);
  }
  return status === "unknown" ? paint.dim(word) : paint.red(word);
}

/** Told from others by its name: a simulated server inside olla. */
function isDemoServer(endpoint: BannerEndpoint): boolean {
  return endpoint.name.startsWith("demo-");
}

function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, text.length), 0);
}

function endpointLines({ endpoints, demo }: ReadyFacts, paint: Paint): string[] {
  const nameWidth = widest(endpoints.map((endpoint) => endpoint.name));
  const typeWidth = widest(endpoints.map((endpoint) => endpoint.type ?? "type not known"));
  const statusWidth = widest(endpoints.map((endpoint) => endpoint.status));
  return endpoints.map((endpoint) => {
    const type = (endpoint.type ?? "type not known").padEnd(typeWidth);
    const status = paintStatus(endpoint.status, statusWidth, paint);
    const models = endpoint.models === 1 ? "1 model" : `${endpoint.models} models`;
    const tail = endpoint.models > 0 || endpoint.detail === "" ? models : indented(endpoint.detail);
    const where = demo && isDemoServer(endpoint) ? `  ${endpoint.url}` : "";
    return `  ${endpoint.name.padEnd(nameWidth)}  ${type}  ${status}  ${tail}${where}`;
  });
}

function whatToDo(facts: ReadyFacts): string {
  if (facts.endpoints.length === 0) {
    return facts.configFile === undefined
      ? "No LLM server was found on this machine yet; olla keeps looking. Start one, or try: olla --demo"
      : `No endpoint is configured. Add some to ${facts.configFile}:\n  endpoints:\n    - url: "http://localhost:11434"`;
  }
  return `No model is known yet. ${facts.url}/internal/status/endpoints says what each endpoint lacks.`;
}

/** How to see a fail-over; only the servers of `--demo` can be made to fail. */
function failOverLines(facts: ReadyFacts): string[] {
  const first = facts.demo ? facts.endpoints.find(isDemoServer) : undefined;
  if (first === undefined) return [];
  return ["", "  Make one server fail for 30 seconds, and ask again:", `  curl -X POST ${first.url}/demo/fail`];
}

/** The banner's second part, printed when the endpoints have been asked. Ends with a line break. */
export function formatReady(facts: ReadyFacts, paint: Paint): string {
  const lines = endpointLines(facts, paint);
  if (lines.length > 0) lines.unshift("");
  const isStandIn = !facts.demo && facts.configFile === undefined && facts.endpoints.length > 0 &&
    facts.endpoints.every(isDemoServer);
  if (isStandIn) {
    lines.push("", "  No LLM server was found on this machine yet, so a simulated model answers until one is.");
  }
  const model = exampleModel(facts.models);
  if (model === undefined) {
    lines.push("", `  ${whatToDo(facts).replaceAll("\n", "\n  ")}`);
  } else {
    lines.push(
      "",
      "  Try:",
      `  ${exampleCommand(facts, model)}`,
      ...failOverLines(facts),
      "",
      `  Status: ${facts.url}/internal/status/endpoints`,
    );
  }
  return `${lines.join("\n")}\n\n`;
}

/** The whole banner. */
export function formatBanner(listening: ListeningFacts, ready: ReadyFacts, paint: Paint): string {
  return formatListening(listening, paint) + formatReady(ready, paint);
}
