import type { Endpoint } from "./endpoint.ts";

/** How each kind of credentials is written in the config, with a variable in the place of the secret. */
function authLines(type: "bearer" | "api_key" | "basic", header: string | undefined, variable: string): string[] {
  switch (type) {
    case "bearer":
      return ["type: bearer", `token: "\${${variable}_TOKEN}"`];
    case "api_key":
      return ["type: api_key", `key: "\${${variable}_KEY}"`, `header: ${JSON.stringify(header ?? "X-Api-Key")}`];
    case "basic":
      return ["type: basic", `username: "\${${variable}_USERNAME}"`, `password: "\${${variable}_PASSWORD}"`];
  }
}

/**
 * What to write into the config so that olla can speak to an endpoint that refused it: the `auth:` YAML of that
 * endpoint, ready to paste, with its secret taken from the environment.
 *
 * @param state Anything with an endpoint.
 */
export function authHint(state: { readonly endpoint: Endpoint }): string {
  const { name, url, config } = state.endpoint;
  const variable = name.toUpperCase().replace(/[^A-Z0-9]+/g, "_").replace(/^_+|_+$/g, "").replace(/^(?=[0-9])/, "N") ||
    "ENDPOINT";
  const lines = authLines(config.auth?.type ?? "bearer", config.auth?.header, variable);
  const lead = config.auth === undefined
    ? "Add its credentials to the config:"
    : "Its credentials in the config are refused; correct them:";
  return [
    lead,
    `  - name: ${JSON.stringify(name)}`,
    `    url: ${JSON.stringify(url)}`,
    "    auth:",
    ...lines.map((line) => `      ${line}`),
  ].join("\n");
}
