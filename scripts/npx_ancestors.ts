import { spawnSync } from "node:child_process";

/** One process as the system lists it. */
export interface ProcessEntry {
  readonly parent: number;
  /** The command or, for npm, the title that it gives itself: `npm exec bun@1.4.5 run start`. */
  readonly command: string;
}

/** Between olla and npx there are `bun run` and a shell; npm itself may have one more. */
const MAX_STEPS = 5;

/**
 * Pure. The processes from the parent up to the `npx` that started it all; empty when there is none.
 * @param lookUp Finds a process by its id.
 */
export function npxAncestors(parent: number, lookUp: (pid: number) => ProcessEntry | undefined): number[] {
  const chain: number[] = [];
  let pid = parent;
  for (let step = 0; step < MAX_STEPS && pid > 1; step++) {
    const entry = lookUp(pid);
    if (entry === undefined) return [];
    chain.push(pid);
    if (/^(?:\S*\/)?np[mx]\b/.test(entry.command)) return chain;
    pid = entry.parent;
  }
  return [];
}

/** Asks `ps`; undefined where there is none, or no such process. */
export function lookUpProcess(pid: number): ProcessEntry | undefined {
  const { stdout } = spawnSync("ps", ["-o", "ppid=,args=", "-p", String(pid)], { encoding: "utf8" });
  const [, parent, command] = /^\s*(\d+)\s+(.*)$/m.exec(stdout ?? "") ?? [];
  return parent === undefined || command === undefined ? undefined : { parent: Number(parent), command };
}
