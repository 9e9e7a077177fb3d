import assert from "node:assert/strict";
import { test } from "node:test";
import { machineLoad, parseCpuSeconds, parseCpuTimes, parseMemory, parseOpenFileLimit } from "./process_stats.ts";

test("memory comes from VmRSS and RssAnon, in megabytes of 2^20 bytes", () => {
  const status = "Name:\tolla\nVmHWM:\t  99999 kB\nVmRSS:\t   51200 kB\nRssAnon:\t   10240 kB\nRssFile:\t 1 kB\n";
  assert.deepEqual(parseMemory(status), { rss: 50, anonymous: 10 });
});

test("a zombie, which has no memory lines, counts as none", () => {
  assert.deepEqual(parseMemory("Name:\tolla\nState:\tZ (zombie)\n"), { rss: 0, anonymous: 0 });
});

test("CPU time survives a program name with spaces and parentheses", () => {
  const rest = "S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0";
  assert.equal(parseCpuSeconds(`42 (olla) ${rest}`), 2);
  assert.equal(parseCpuSeconds(`42 (a) b (c d) ${rest}`), 2);
});

test("busy and stolen time are shares between two readings", () => {
  const before = parseCpuTimes("cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n");
  const after = parseCpuTimes("cpu  150 0 110 820 0 0 0 20 7 7\n");
  assert.deepEqual(machineLoad(before, after), { busy: 0.6, stolen: 0.2 });
  assert.deepEqual(machineLoad(after, after), { busy: 0, stolen: 0 });
});

test("the open file limit is the soft one", () => {
  const line = (soft: string): string => `Limit  Soft Limit\nMax open files            ${soft}      524288   files\n`;
  assert.equal(parseOpenFileLimit(line("1024")), 1024);
  assert.equal(parseOpenFileLimit(line("unlimited")), Number.POSITIVE_INFINITY);
  assert.equal(parseOpenFileLimit("nothing here"), undefined);
});
