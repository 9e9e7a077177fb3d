/**
 * `bun run start`: installs what is missing and then becomes olla, with the same process id, so that a signal to the
 * script reaches it.
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { install, ROOT } from "./install.ts";

const MAIN = join(ROOT, "src/main.ts");

/** Where the parent's id stands in `/proc/PID/stat`, counted after the command in its parentheses. */
const PARENT_FIELD = 1;

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[PARENT_FIELD]);
    return Number.isInteger(parent) && parent > 1 ? parent : undefined;
  } catch {
    return undefined; // No such process, or no such folder on this system.
  }
}

/**
 * The shell and the `npx` above `bun run`. When npx is told to end, it ends its shell, which hands nothing on: olla
 * watches both, or it would run on and hold its port.
 */
function npxProcesses(): number[] {
  if (process.env.npm_command !== "exec") return [];
  const shell = parentOf(process.ppid);
  const npx = shell === undefined ? undefined : parentOf(shell);
  return [shell, npx].filter((pid) => pid !== undefined);
}

install();
process.env.OLLA_INTERNAL_STOP_WITH = npxProcesses().join(",");
const args = process.argv.slice(2);
if (process.platform !== "win32") {
  process.execve?.(process.execPath, [process.execPath, MAIN, ...args], { ...process.env } as Record<string, string>);
}
await import(MAIN);
