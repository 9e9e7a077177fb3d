import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createIssueLog } from "./issue_log.ts";
import { parseYaml } from "./yaml_tree.ts";

const yaml = parseYaml("server:\n  port: 1\nproxy:\n  retry:\n");

function placed(add: (log: ReturnType<typeof createIssueLog>) => void) {
  const log = createIssueLog("olla.yaml", yaml, [{ path: ["server", "host"], source: "--host" }]);
  add(log);
  return log.list().map(({ file, line, column, path }) => `${file} ${line}:${column} ${path}`);
}

describe("createIssueLog", () => {
  test("places a problem at its value, at its key if asked, and else at what is around it", () => {
    assert.deepEqual(placed((log) => log.add({ path: ["server", "port"], message: "" })), [
      "olla.yaml 2:9 server.port",
    ]);
    assert.deepEqual(placed((log) => log.add({ path: ["server", "port"], message: "", atKey: true })), [
      "olla.yaml 2:3 server.port",
    ]);
    assert.deepEqual(placed((log) => log.add({ path: ["proxy", "retry", "x"], message: "" })), [
      "olla.yaml 4:3 proxy.retry.x",
    ]);
    assert.deepEqual(placed((log) => log.add({ path: ["logging"], message: "" })), ["olla.yaml 0:0 logging"]);
  });

  test("names what set a value in place of the file", () => {
    assert.deepEqual(placed((log) => log.add({ path: ["server", "host"], message: "" })), ["--host 0:0 server.host"]);
    assert.deepEqual(placed((log) => log.add({ path: ["server"], message: "" })), ["olla.yaml 2:3 server"]);
  });

  test("lists in the order of the file, what has no line last", () => {
    const problems = [["nowhere"], ["proxy", "retry"], ["server", "port"]];
    const lines = placed((log) => problems.forEach((path) => log.add({ path, message: "" })));
    assert.deepEqual(lines.map((line) => line.split(" ")[1]), ["2:9", "4:9", "0:0"]);
  });
});
