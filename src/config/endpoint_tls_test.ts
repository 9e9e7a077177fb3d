import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { resolveTls } from "./endpoint_tls.ts";
import { formatPath } from "./issues.ts";
import { configOf, readFrom, report } from "./test_support.ts";

const pem = "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n";
const files = { "/ca.pem": pem, "/c.pem": pem, "/k.pem": pem, "/text": "hello" };

function resolve(given: Record<string, string> | undefined, skipVerify = false) {
  const { tls, problems } = resolveTls(given, ["tls"], { skipVerify, readFile: readFrom(files) });
  return { tls, problems: problems.map((problem) => `${formatPath(problem.path)} ${problem.message}`) };
}

describe("resolveTls", () => {
  test("reads the files", () => {
    const given = { ca_file: "/ca.pem", cert_file: "/c.pem", key_file: "/k.pem", server_name: "gpu" };
    assert.deepEqual(resolve(given), {
      tls: { ca: pem, cert: pem, key: pem, serverName: "gpu", rejectUnauthorized: true },
      problems: [],
    });
  });

  test("gives nothing without a block", () => assert.equal(resolve(undefined).tls, undefined));

  test("checks certificates unless told not to", () => {
    assert.deepEqual(resolve({}, true).tls, { rejectUnauthorized: false });
    assert.deepEqual(resolve({}).tls, { rejectUnauthorized: true });
  });

  const bad: [Record<string, string>, RegExp][] = [
    [{ ca_file: "/none" }, /^tls\.ca_file names the file "\/none": there is no such file /],
    [{ ca_file: "/text" }, /^tls\.ca_file must name a PEM file/],
    [{ cert_file: "/c.pem" }, /^tls\.key_file is missing/],
    [{ key_file: "/k.pem" }, /^tls\.cert_file is missing/],
  ];
  for (const [given, message] of bad) {
    test(`refuses ${JSON.stringify(given)}`, () => {
      const { problems } = resolve(given);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? "", message);
    });
  }
});

test("a config reads TLS files from its working directory and hides the key", () => {
  const text = "endpoints: [{url: 'https://gpu', tls: {cert_file: c.pem, key_file: k.pem, insecure_skip_verify: yes}}]";
  const [endpoint] = configOf(text, { files: { "/home/c.pem": pem, "/home/k.pem": `${pem}KEY` } }).endpoints;
  assert.equal(endpoint?.resolved_tls?.key, `${pem}KEY`);
  assert.equal(endpoint?.resolved_tls?.rejectUnauthorized, false);
  assert.doesNotMatch(JSON.stringify(endpoint), /KEY/);
});

test("a missing TLS file is reported at its line", () => {
  const text = "endpoints:\n  - url: https://gpu\n    tls:\n      ca_file: ca.pem\n";
  assert.deepEqual(report(text), [
    'error: olla.yaml:4:16: endpoints[0].tls.ca_file names the file "ca.pem": there is no such file (a relative path begins in the folder that olla was started in)',
  ]);
});
