import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as v from "valibot";
import { parse } from "yaml";
import { endpointSchema } from "../config/schema_endpoint.ts";
import { authHint } from "./auth_hint.ts";
import { testEndpoint } from "./test_support.ts";

describe("the hint is YAML that the config takes", () => {
  const cases: [string, Parameters<typeof testEndpoint>[0], unknown][] = [
    ["for an endpoint without credentials", { name: "litellm-gateway" }, {
      type: "bearer",
      token: "${LITELLM_GATEWAY_TOKEN}",
    }],
    ["for one whose token is refused", { name: "a", auth: { type: "bearer", header: "authorization" } }, {
      type: "bearer",
      token: "${A_TOKEN}",
    }],
    ["for one with a key", { name: "a.b", auth: { type: "api_key", header: "X-Key" } }, {
      type: "api_key",
      key: "${A_B_KEY}",
      header: "X-Key",
    }],
    ["for one with a password", { name: "3090", auth: { type: "basic", header: "authorization" } }, {
      type: "basic",
      username: "${N3090_USERNAME}",
      password: "${N3090_PASSWORD}",
    }],
    ["for a name without letters", { name: 'quoted "#": name' }, { type: "bearer", token: "${QUOTED_NAME_TOKEN}" }],
  ];
  for (const [name, fields, auth] of cases) {
    test(name, () => {
      const endpoint = testEndpoint(fields);
      const [lead, ...yaml] = authHint({ endpoint }).split("\n");
      assert.match(lead ?? "", fields?.auth === undefined ? /^Add its credentials/ : /^Its credentials .* are refused/);
      const entries: unknown = parse(yaml.join("\n"));
      assert.deepEqual(entries, [{ name: endpoint.name, url: endpoint.url, auth }]);
      assert.equal(v.safeParse(v.array(endpointSchema), entries).success, true);
    });
  }
});
