import assert from "node:assert/strict";
import { test } from "node:test";
import { npxAncestors, type ProcessEntry } from "./npx_ancestors.ts";

type Tree = Record<number, ProcessEntry>;

const cases: [name: string, tree: Tree, expected: number[]][] = [
  ["under npx: the script runner, the shell and npx", {
    30: { parent: 20, command: "bun run start --demo" },
    20: { parent: 10, command: "sh -c 'bun' run start --demo" },
    10: { parent: 5, command: "npm exec bun@1.4.5 run start --demo" },
    5: { parent: 1, command: "-bash" },
  }, [30, 20, 10]],
  ["npx by its path", { 30: { parent: 1, command: "/usr/bin/npx -y bun" } }, [30]],
  ["from a shell there is nothing to watch, least of all the shell", {
    30: { parent: 20, command: "bun run start" },
    20: { parent: 1, command: "-bash" },
  }, []],
  ["an npm far above is not the one", {
    30: { parent: 31, command: "bun" },
    31: { parent: 32, command: "sh" },
    32: { parent: 33, command: "make" },
    33: { parent: 34, command: "sh" },
    34: { parent: 35, command: "sh" },
    35: { parent: 1, command: "npm test" },
  }, []],
  ["a name that only begins like npm is not it", { 30: { parent: 1, command: "npmx-server" } }, []],
  ["a process that cannot be seen", {}, []],
];
for (const [name, tree, expected] of cases) {
  test(name, () => assert.deepEqual(npxAncestors(30, (pid) => tree[pid]), expected));
}
