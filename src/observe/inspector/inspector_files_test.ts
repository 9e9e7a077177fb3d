import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, describe, test } from "node:test";
import { INSPECTOR_LIMITS, InspectorFiles } from "./inspector_files.ts";

const root = mkdtempSync(join(tmpdir(), "olla-inspector-"));
after(() => rmSync(root, { recursive: true }));
let count = 0;
const freshDir = () => join(root, String(count++), "deep");
const DAY = "2026-01-31";
const mode = (path: string) => statSync(path).mode & 0o777;

describe("the inspector's files", () => {
  test("are appended to, and only their owner may read them", async () => {
    const dir = freshDir();
    const files = new InspectorFiles(dir, INSPECTOR_LIMITS);
    await files.append(DAY, "s", "1\n");
    await files.append(DAY, "s", "2\n");
    await files.append("2026-02-01", "s", "3\n");
    const path = join(dir, DAY, "s.jsonl");
    assert.equal(readFileSync(path, "utf8"), "1\n2\n");
    assert.equal(readFileSync(join(dir, "2026-02-01", "s.jsonl"), "utf8"), "3\n");
    if (process.platform === "win32") return;
    assert.deepEqual([mode(dir), mode(join(dir, DAY)), mode(path)], [0o700, 0o700, 0o600]);
  });

  test("stop at their limit, a day's at the day's, and the number of them at its own", async () => {
    const files = new InspectorFiles(freshDir(), { fileBytes: 10, dayBytes: 25, dayFiles: 3 });
    const append = (session: string, lines: string) => files.append(DAY, session, lines);
    assert.equal(await append("a", "12345678\n"), "written");
    assert.equal(await append("a", "1\n"), "full");
    assert.equal(await append("b", "é\n"), "written");
    assert.equal(await append("c", "12345678\n"), "written");
    assert.equal(await append("d", "1\n"), "full");
    assert.equal(await append("b", "123456\n"), "full");
    assert.equal(await append("b", "1\n"), "written");
    assert.equal(await files.append("2026-02-01", "a", "12345678\n"), "written");
  });

  test("count what was there before a restart", async () => {
    const dir = freshDir();
    const limits = { fileBytes: 10, dayBytes: 100, dayFiles: 5 };
    await new InspectorFiles(dir, limits).append(DAY, "a", "12345678\n");
    assert.equal(await new InspectorFiles(dir, limits).append(DAY, "a", "12345678\n"), "full");
  });

  test("fail, and work again when the fault is gone", async () => {
    const dir = freshDir();
    writeFileSync(join(root, "file"), "");
    await assert.rejects(new InspectorFiles(join(root, "file", "sub"), INSPECTOR_LIMITS).append(DAY, "s", "1\n"));
    const files = new InspectorFiles(dir, INSPECTOR_LIMITS);
    await files.append(DAY, "s", "1\n");
    rmSync(join(dir, DAY), { recursive: true });
    await assert.rejects(files.append(DAY, "s", "2\n"));
    assert.equal(await files.append(DAY, "s", "3\n"), "written");
    assert.equal(readFileSync(join(dir, DAY, "s.jsonl"), "utf8"), "3\n");
  });
});
