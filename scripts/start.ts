/**
 * `bun run start`: installs what is missing and then becomes olla, with the same process id, so that a signal to the
 * script reaches it.
 * @module
 */
import { join } from "node:path";
import process from "node:process";
import { install, ROOT } from "./install.ts";
import { lookUpProcess, npxAncestors } from "./npx_ancestors.ts";

const MAIN = join(ROOT, "src/main.ts");

install();
// When npx is told to end, it ends its shell, which hands nothing on: olla watches them, or it would run on and hold its
// port. The variable says that npm or npx is somewhere above.
if (process.env.npm_execpath !== undefined) {
  process.env.OLLA_INTERNAL_STOP_WITH = npxAncestors(process.ppid, lookUpProcess).join(",");
}
const args = process.argv.slice(2);
if (process.platform !== "win32") {
  process.execve?.(process.execPath, [process.execPath, MAIN, ...args], { ...process.env } as Record<string, string>);
}
await import(MAIN);
