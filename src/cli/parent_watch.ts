import { readFileSync } from "node:fs";
import process from "node:process";

/** How often the watched processes are looked at. */
const INTERVAL_MS = 500;

/** What {@link watchParents} needs. */
export interface ParentWatch {
  /** Process ids with commas between; anything else in it is left out. */
  readonly pids: string;
  readonly isAlive: (pid: number) => boolean;
  /** Called once. */
  readonly onGone: () => void;
}

/**
 * Calls back when one of the processes that started olla has gone. `npx` hands a SIGTERM to a shell that dies without
 * handing it on, so that olla would run for ever, and hold its port.
 */
export function watchParents({ pids, isAlive, onGone }: ParentWatch): void {
  const watched = pids.split(",").map(Number).filter((pid) => Number.isInteger(pid) && pid > 1);
  if (watched.length === 0) return;
  const timer = setInterval(() => {
    if (watched.every(isAlive)) return;
    clearInterval(timer);
    onGone();
  }, INTERVAL_MS);
  timer.unref();
}

/** Whether a process still runs; one that has ended and only waits to be noticed by its parent does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as { code?: string }).code === "EPERM"; // there, but not ours
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.charAt(stat.lastIndexOf(")") + 2) !== "Z";
  } catch {
    return true; // not on Linux
  }
}
