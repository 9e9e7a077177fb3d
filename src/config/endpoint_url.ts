/** An endpoint's address in its plain form, or what is wrong with it. No message repeats credentials. */
export type EndpointUrl =
  | {
    readonly kind: "url";
    readonly url: string;
    /** Equal for two spellings of the same address. */
    readonly identity: string;
    readonly host: string;
    readonly port: string;
    readonly path: string;
    readonly warning: string | undefined;
  }
  | { readonly kind: "problem"; readonly message: string };

const EXPECTED = "must be an http:// or https:// URL, or unix:/path/to/socket";

function problem(message: string): EndpointUrl {
  return { kind: "problem", message };
}

/** The advice for a URL with a user and password in it: the same thing as an `auth:` block. */
function authAdvice(url: URL): string {
  const plain = `${url.protocol}//${url.host}${url.pathname === "/" ? "" : url.pathname}`;
  return [
    "must not contain credentials; give them as",
    `      - url: "${plain}"`,
    "        auth:",
    "          type: basic",
    '          username: "${ENDPOINT_USERNAME}"',
    '          password: "${ENDPOINT_PASSWORD}"',
    '  with both variables set in the environment (a token goes under type: bearer, as token: "${ENDPOINT_TOKEN}")',
  ].join("\n");
}

/** Whether a text that is no proper URL may have a user and password in it, and so must not be quoted. */
function mayHoldCredentials(text: string): boolean {
  return text.includes("@");
}

function withoutScheme(text: string): EndpointUrl | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || /^unix:/i.test(text)) return undefined;
  if (mayHoldCredentials(text)) return problem(`${EXPECTED}, without credentials`);
  const bare = text.replace(/^(?:https?:)?\/*/i, "");
  if (bare === "" || /\s/.test(bare) || !URL.canParse(`http://${bare}`)) return problem(EXPECTED);
  return problem(`must begin with http:// or https://: write "http://${bare}"`);
}

function unixUrl(text: string): EndpointUrl {
  const path = text.slice("unix:".length).replace(/^\/\/+/, "/");
  if (!path.startsWith("/") || path.length < 2) {
    return problem("must name the socket by its full path, such as unix:/run/llama.sock");
  }
  const host = path.slice(path.lastIndexOf("/") + 1);
  return { kind: "url", url: `unix:${path}`, identity: `unix:${path}`, host, port: "", path: "", warning: undefined };
}

function warningFor(url: URL, path: string): string | undefined {
  if (url.search !== "" || url.hash !== "") return "has a query or fragment, which is ignored";
  if (!path.endsWith("/v1")) return undefined;
  return 'ends in "/v1", and request paths begin with /v1 too: they would go to /v1/v1/…; leave it out unless that is meant';
}

/** Reads the address of an endpoint: `http://…`, `https://…` or `unix:/path`. */
export function readEndpointUrl(given: string): EndpointUrl {
  const text = given.trim();
  if (text === "") return problem("must be the server's address, such as http://localhost:11434");
  const schemeless = withoutScheme(text);
  if (schemeless !== undefined) return schemeless;
  if (/^unix:/i.test(text)) return unixUrl(text);
  if (!URL.canParse(text)) return problem(mayHoldCredentials(text) ? `${EXPECTED}, without credentials` : EXPECTED);
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") return problem(EXPECTED);
  if (url.username !== "" || url.password !== "" || /^[^/]*\/\/[^/]*@/.test(text)) return problem(authAdvice(url));
  const path = url.pathname.replace(/\/+$/, "");
  return {
    kind: "url",
    url: text,
    identity: `${url.origin}${path}`,
    host: url.hostname,
    port: url.port !== "" ? url.port : url.protocol === "https:" ? "443" : "80",
    path,
    warning: warningFor(url, path),
  };
}

/** Checks `health_check_url` and `model_url`: a path, or an absolute URL without credentials. */
export function checkUrlProblem(text: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text)) return /[\s]/.test(text) ? "must be a path without white space" : undefined;
  if (!URL.canParse(text)) return "must be a path such as /health, or an http:// or https:// URL";
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return "must be a path such as /health, or an http:// or https:// URL";
  }
  if (url.username !== "" || url.password !== "") {
    return "must not contain credentials; the endpoint's auth: is used here too";
  }
  return undefined;
}

/** Checks `proxy_url`. Credentials in it are fine, so no message repeats any of it. */
export function proxyUrlProblem(text: string): string | undefined {
  const ok = URL.canParse(text) && /^https?:\/\//i.test(text);
  return ok ? undefined : "must be the http:// or https:// address of a proxy, such as http://proxy:3128";
}
