import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { eventually } from "./eventually.ts";
import { freePort } from "./free_port.ts";

/** The repository's root folder. */
export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Runs olla from source on Bun; or, with `OLLA_TEST_COMMAND` set, whatever that names, as `dist/olla`, so that the same
 * tests can be run with the built program.
 */
const OLLA: readonly string[] = process.env["OLLA_TEST_COMMAND"]?.split(" ") ??
  [process.execPath, join(ROOT, "src/main.ts")];

/** Runs olla from source on Deno. Asks `npx` where Deno is, since a signal to `npx` would not reach the program. */
export async function denoCommand(): Promise<readonly string[]> {
  const ask = ["-y", "deno@2.9.6", "eval", "console.log(Deno.execPath())"];
  const { stdout } = await promisify(execFile)("npx", ask);
  return [stdout.trim(), "run", "-A", join(ROOT, "src/main.ts")];
}

/** A test that runs out of time leaves its `await using` undone: its olla must not outlive the test program. */
const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** What to start. */
export interface OllaOptions {
  /** YAML text, or a value that is written as JSON (which is YAML). Undefined starts without `-c`. */
  readonly config?: string | Readonly<Record<string, unknown>>;
  /** More arguments after `serve`. */
  readonly args?: readonly string[];
  /** Variables added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** @default {a new empty folder} */
  readonly cwd?: string;
  /** The program and its first arguments. @default {OLLA} */
  readonly command?: readonly string[];
  /** Models that must be in `/v1/models` before the start counts as done. */
  readonly models?: readonly string[];
  /** Milliseconds until the start counts as failed. @default {15000} */
  readonly startWithin?: number;
}

/** A running olla. `await using` ends it. */
export class OllaProcess implements AsyncDisposable {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #folder: string;
  #stdout = "";
  #stderr = "";

  private constructor(child: ChildProcess, port: number, folder: string) {
    this.#child = child;
    this.port = port;
    this.#folder = folder;
    running.add(child);
    child.once("exit", () => running.delete(child));
    child.stdout?.on("data", (data) => this.#stdout += String(data));
    child.stderr?.on("data", (data) => this.#stderr += String(data));
  }

  /**
   * Starts `olla serve` on a free port of 127.0.0.1 and waits until it answers.
   *
   * @throws When it ends or is not ready in time; the message carries what it printed.
   */
  static async start(options: OllaOptions): Promise<OllaProcess> {
    const { config, args = [], env = {}, command = OLLA, models = [], startWithin = 15_000 } = options;
    const folder = await mkdtemp(join(tmpdir(), "olla-test-"));
    const port = await freePort();
    const file = join(folder, "test.yaml");
    if (config !== undefined) await writeFile(file, typeof config === "string" ? config : JSON.stringify(config));
    const flags = [...(config === undefined ? [] : ["-c", file]), "--host", "127.0.0.1", "--port", String(port)];
    const [program = "", ...first] = command;
    const child = spawn(program, [...first, "serve", ...flags, ...args], {
      cwd: options.cwd ?? folder,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const olla = new OllaProcess(child, port, folder);
    try {
      await olla.#ready(models, startWithin);
    } catch (error) {
      await olla[Symbol.asyncDispose]();
      throw new Error(`olla did not start: ${error}\n${olla.stderr}\n${olla.stdout.slice(-3000)}`, { cause: error });
    }
    return olla;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** True while the process that was started lives: a crash and a restart would not pass for life. */
  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resident memory in bytes. Linux only. */
  async rss(): Promise<number> {
    const status = await readFile(`/proc/${this.pid}/status`, "utf8");
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    if (kilobytes === undefined) throw new Error(`Process ${this.pid} shows no VmRSS`);
    return Number(kilobytes) * 1024;
  }

  /** One of olla's own JSON pages, as `/internal/status/endpoints`. */
  async page<T>(path: string): Promise<T> {
    const response = await fetch(`${this.url}${path}`);
    return await response.json() as T;
  }

  /** The status word of an endpoint, and how many requests it serves now. */
  async endpoint(name: string): Promise<EndpointStatus> {
    const page = await this.page<{ endpoints: EndpointStatus[] }>("/internal/status/endpoints");
    const found = page.endpoints.find((endpoint) => endpoint.name === name);
    if (found === undefined) throw new Error(`The status names no endpoint "${name}"`);
    return found;
  }

  /** Sends a signal and waits for the end; resolves to the exit code, or the signal that ended it. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | string> {
    const ended = new Promise<void>((resolve) => this.#child.once("exit", () => resolve()));
    if (this.alive) {
      this.#child.kill(signal);
      await ended;
    }
    return this.#child.exitCode ?? this.#child.signalCode ?? "unknown";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #ready(models: readonly string[], startWithin: number): Promise<void> {
    await eventually(`olla answers${models.length > 0 ? ` and lists ${models}` : ""}`, async () => {
      if (!this.alive) return "ended";
      if (!(await fetch(`${this.url}/internal/health`)).ok) return undefined;
      const list = await this.page<{ data: { id: string }[] }>("/olla/proxy/v1/models");
      return models.every((model) => list.data.some(({ id }) => id === model)) ? "ready" : undefined;
    }, { within: startWithin });
    if (!this.alive) throw new Error(`it ended with ${this.#child.exitCode ?? this.#child.signalCode}`);
  }
}

/** What the tests read of one entry in `/internal/status/endpoints`. */
export interface EndpointStatus {
  readonly name: string;
  readonly url: string;
  readonly type: string;
  readonly status: string;
  readonly models_count: number;
  readonly active_connections: number;
  readonly request_count: number;
  readonly failure_count: number;
  readonly circuit_breaker: string;
}
