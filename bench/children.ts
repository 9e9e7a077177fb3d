import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

/** A process that the benchmark started. */
export interface Child {
  readonly pid: number;
  readonly name: string;
  /** Last lines of what it wrote, for a message about it. */
  lastWords(): string;
  /** True once it has ended. */
  hasEnded(): boolean;
  /** SIGTERM, then SIGKILL after two seconds. Returns when it is gone. */
  stop(): Promise<void>;
}

const TERM_MS = 2000;
const LAST_WORDS = 2000;

/** The variables that would send loopback traffic through somebody's proxy. */
const PROXY_VARIABLES = /^(https?|all)_proxy$/i;

/** Our environment less proxies, plus `extra`. */
export function childEnv(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !PROXY_VARIABLES.test(name)) env[name] = value;
  }
  return { ...env, ...extra };
}

/** Keeps all child processes, so that none outlives the benchmark however it ends. */
export class Children {
  readonly #running = new Set<Child>();

  /**
   * Starts a program whose output goes to a file.
   *
   * @throws when it cannot be started
   */
  start(options: {
    readonly name: string;
    readonly command: readonly [string, ...string[]];
    readonly cwd: string;
    readonly logFile: string;
    readonly env?: Readonly<Record<string, string>>;
  }): Child {
    const [file, ...args] = options.command;
    const log = openSync(options.logFile, "a");
    try {
      const child = spawn(file, args, {
        cwd: options.cwd,
        env: childEnv(options.env),
        stdio: ["ignore", log, log],
      });
      return this.adopt(options.name, child, () => readFileSync(options.logFile, "utf8").slice(-LAST_WORDS));
    } finally {
      closeSync(log);
    }
  }

  /** Takes charge of a process that was started elsewhere in the benchmark. */
  adopt(name: string, child: ChildProcess, lastWords: () => string): Child {
    const pid = child.pid;
    // A program that is missing has no pid; its "error" event would otherwise end the benchmark without a word.
    let ended = pid === undefined;
    const exited = new Promise<void>((resolve) => {
      child.once("error", () => {
        ended = true;
        resolve();
      });
      child.once("exit", () => {
        ended = true;
        resolve();
      });
    });
    if (pid === undefined) throw new Error(`Cannot start ${name}`);
    const adopted: Child = {
      pid,
      name,
      lastWords,
      hasEnded: () => ended,
      stop: async () => {
        this.#running.delete(adopted);
        if (ended) return;
        child.kill("SIGTERM");
        const inTime = await Promise.race([exited.then(() => true), sleep(TERM_MS, false)]);
        if (inTime) return;
        child.kill("SIGKILL");
        await exited;
      },
    };
    this.#running.add(adopted);
    return adopted;
  }

  /** Stops everything that still runs. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.#running].map((child) => child.stop()));
  }
}
