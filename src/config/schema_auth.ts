import * as v from "valibot";
import { list, mapping, oneOf, optionalSetting, secret, secretText, section, setting, text } from "./setting_kinds.ts";

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Whether a text can be the name of an HTTP header. */
export function isHeaderName(name: string): boolean {
  return HEADER_NAME.test(name);
}

/** The header that an `api_key` goes into when none is named. */
export const DEFAULT_KEY_HEADER = "X-Api-Key";

/** `endpoints[].auth`: the credentials that olla sends to an endpoint. Checked further by `secrets.ts`. */
export const endpointAuthSchema = optionalSetting(
  secret(mapping({
    type: setting(oneOf(["bearer", "api_key", "basic"]), "", "How the credentials are sent. Required."),
    token: optionalSetting(secretText(), "`bearer`: the token; `${VAR}` and `${VAR:-default}` are replaced."),
    token_file: optionalSetting(secretText(), "`bearer`: a file that holds the token."),
    key: optionalSetting(secretText(), "`api_key`: the key; `${VAR}` is replaced."),
    key_file: optionalSetting(secretText(), "`api_key`: a file that holds the key."),
    header: optionalSetting(
      v.pipe(text(), v.check(isHeaderName, "must be a header name")),
      `\`api_key\`: the header that carries the key; ${DEFAULT_KEY_HEADER} if none is given.`,
    ),
    username: optionalSetting(secretText(), "`basic`: the user; `${VAR}` is replaced."),
    username_file: optionalSetting(secretText(), "`basic`: a file that holds the user."),
    password: optionalSetting(secretText(), "`basic`: the password; `${VAR}` is replaced."),
    password_file: optionalSetting(secretText(), "`basic`: a file that holds the password."),
  })),
  "Credentials for this endpoint: `bearer` with `token`, `api_key` with `key`, or `basic` with `username` and `password`. " +
    "Each can be read from a file, as `token_file`.",
);

/** `auth`: who may use olla itself. */
export const clientAuthSchema = secret(section({
  keys: setting(
    secret(list(secret(mapping({
      name: optionalSetting(text(), "Who has the key, as logs and statistics show it."),
      key: optionalSetting(secretText(), "The key; `${VAR}` is replaced."),
      key_file: optionalSetting(secretText(), "A file that holds the key."),
    })))),
    [],
    "Keys that clients must send.",
  ),
}, "Who may use olla."));
