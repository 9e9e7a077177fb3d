import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import process from "node:process";

/** The process that listens on a port. */
export interface PortHolder {
  readonly pid: number;
  /** Its command, without folders and arguments. */
  readonly name: string;
}

const LISTENING = "0A";

/** Pure. Socket inodes that listen on a port, from the text of `/proc/net/tcp` or `tcp6`. */
export function listeningInodes(table: string, port: number): string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return table.split("\n").flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    return local?.endsWith(wanted) && state === LISTENING && inode !== undefined ? [inode] : [];
  });
}

/** Pure. The process in the output of `lsof -F pc`: one letter, then the value, a line each. */
export function parseLsof(output: string): PortHolder | undefined {
  const pid = /^p(\d+)$/m.exec(output)?.[1];
  const name = /^c(.+)$/m.exec(output)?.[1];
  return pid === undefined || name === undefined ? undefined : { pid: Number(pid), name };
}

function orElse<T>(read: () => T, fallback: T): T {
  try {
    return read();
  } catch {
    return fallback; // Not there, or not ours to read.
  }
}

function holderFromProc(port: number): PortHolder | undefined {
  const tables = ["/proc/net/tcp", "/proc/net/tcp6"].map((path) => orElse(() => readFileSync(path, "utf8"), ""));
  const sockets = new Set(tables.flatMap((table) => listeningInodes(table, port)).map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return undefined;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const files = orElse(() => readdirSync(`/proc/${pid}/fd`), []);
    if (files.some((file) => sockets.has(orElse(() => readlinkSync(`/proc/${pid}/fd/${file}`), "")))) {
      return { pid: Number(pid), name: orElse(() => readFileSync(`/proc/${pid}/comm`, "utf8").trim(), "unknown") };
    }
  }
  return undefined;
}

function holderFromLsof(port: number): PortHolder | undefined {
  const output = orElse(
    () =>
      execFileSync("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-F", "pc"], {
        encoding: "utf8",
        timeout: 3000,
        stdio: ["ignore", "pipe", "ignore"],
      }),
    "",
  );
  return parseLsof(output);
}

/** Finds who listens on a port, where the system tells; it does not for other users' processes. */
export function findPortHolder(port: number): PortHolder | undefined {
  return process.platform === "linux" ? orElse(() => holderFromProc(port), undefined) : holderFromLsof(port);
}
