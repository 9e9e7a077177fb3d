import { readFileSync } from "node:fs";

/** Memory of a process, in megabytes of 2^20 bytes, as `ps` and `top` count. */
export interface Memory {
  /** All resident pages, shared ones and mapped files (the program itself) included. */
  readonly rss: number;
  /** Of these, what the program itself allocated. */
  readonly anonymous: number;
}

/** Ticks a second in /proc/PID/stat; fixed in the kernel's interface on every architecture that Bun runs on. */
const TICKS_PER_SECOND = 100;

/** Reads the text of /proc/PID/status. */
export function parseMemory(status: string): Memory {
  return { rss: megabytes(status, "VmRSS"), anonymous: megabytes(status, "RssAnon") };
}

/** The kernel's "kB" are 1024 bytes. A process that has ended but was not waited for has no such line, and no memory. */
function megabytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s*(\\d+) kB$`, "m").exec(status)?.[1] ?? 0) / 1024;
}

/** CPU seconds from the text of /proc/PID/stat: user and system, all threads. */
export function parseCpuSeconds(stat: string): number {
  // The second field is the program's name in parentheses, which may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Shares of the machine's CPU time between two readings. */
export interface MachineLoad {
  /** Spent on work of any program here, 0 to 1. */
  readonly busy: number;
  /** Taken by other virtual machines on the same host, 0 to 1. */
  readonly stolen: number;
}

/** Counters of the first line of /proc/stat. */
export interface CpuTimes {
  readonly total: number;
  readonly idle: number;
  readonly stolen: number;
}

/** Reads the text of /proc/stat. */
export function parseCpuTimes(stat: string): CpuTimes {
  const ticks = stat.slice(0, stat.indexOf("\n")).trim().split(/\s+/).slice(1, 9).map(Number);
  // user nice system idle iowait irq softirq steal
  return {
    total: ticks.reduce((sum, value) => sum + value, 0),
    idle: (ticks[3] ?? 0) + (ticks[4] ?? 0),
    stolen: ticks[7] ?? 0,
  };
}

/** What happened between two readings. */
export function machineLoad(before: CpuTimes, after: CpuTimes): MachineLoad {
  const total = after.total - before.total;
  if (total <= 0) return { busy: 0, stolen: 0 };
  const stolen = after.stolen - before.stolen;
  return { busy: (total - stolen - (after.idle - before.idle)) / total, stolen: stolen / total };
}

/** Soft limit of open files from the text of /proc/self/limits. */
export function parseOpenFileLimit(limits: string): number | undefined {
  const found = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1];
  if (found === undefined) return undefined;
  return found === "unlimited" ? Number.POSITIVE_INFINITY : Number(found);
}

/** A /proc file; `undefined` where there is none (another system, or the process is gone). */
export function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, "utf8");
  } catch {
    return undefined;
  }
}

/** A process and its children: nginx's worker does the work, its master holds the pid. */
function family(pid: number): number[] {
  const children = readProc(`${pid}/task/${pid}/children`)?.trim() ?? "";
  return [pid, ...(children === "" ? [] : children.split(" ").flatMap((child) => family(Number(child))))];
}

/** Memory of a process and its children, `undefined` when it is gone or there is no /proc. */
export function memoryOf(pid: number): Memory | undefined {
  const texts = family(pid).map((one) => readProc(`${one}/status`)).filter((text) => text !== undefined);
  if (texts.length === 0) return undefined;
  return texts.map(parseMemory).reduce((sum, one) => ({
    rss: sum.rss + one.rss,
    anonymous: sum.anonymous + one.anonymous,
  }));
}

/** CPU seconds used so far by a process and its children. */
export function cpuSecondsOf(pid: number): number | undefined {
  const texts = family(pid).map((one) => readProc(`${one}/stat`)).filter((text) => text !== undefined);
  return texts.length === 0 ? undefined : texts.map(parseCpuSeconds).reduce((sum, one) => sum + one, 0);
}
