import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { eventually } from "./eventually.ts";
import { freePort } from "./free_port.ts";
import { ROOT } from "./olla_process.ts";

const VERSION = "1.106.2";
const ANTHROPIC = "2.12.0";
/** LiteLLM, and beside it the SDKs of its users; OpenAI's is the one that this LiteLLM is made for. */
const PACKAGES = [`litellm[proxy]==${VERSION}`, `anthropic==${ANTHROPIC}`, "openai==2.54.0"];
const CACHE = join(ROOT, ".cache");
const HOME = join(CACHE, `litellm-${VERSION}-anthropic-${ANTHROPIC}`);
/** The Python of the environment that {@link litellmMissing} makes. */
export const PYTHON: string = join(HOME, "bin/python3");
const run = promisify(execFile);

/**
 * Makes sure that LiteLLM and the Python SDKs are installed in the cache folder; the first time takes a minute or two.
 *
 * @returns Why it cannot be had on this machine, or undefined when it is there.
 */
export async function litellmMissing(): Promise<string | undefined> {
  if (existsSync(PYTHON)) return undefined;
  try {
    await run("python3", ["-c", "import venv, ensurepip, sys; assert sys.version_info >= (3, 10)"]);
  } catch {
    return "no python3 of version 3.10 or later with venv on PATH";
  }
  await mkdir(CACHE, { recursive: true });
  // Built beside its place and moved there when whole: what stands in HOME is always complete, also after a kill.
  const fresh = await mkdtemp(`${HOME}-`);
  try {
    await run("python3", ["-m", "venv", fresh]);
    await run(join(fresh, "bin/python3"), ["-m", "pip", "install", "--quiet", ...PACKAGES], {
      timeout: 540_000,
    });
    await rename(fresh, HOME);
    return undefined;
  } catch (error) {
    const said = error instanceof Error ? error.message.trim().split("\n").at(-1) : String(error);
    return existsSync(PYTHON) ? undefined : `${PACKAGES.join(", ")} cannot be installed: ${said}`;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** One entry of LiteLLM's `model_list`. */
export interface LiteLlmModel {
  readonly model_name: string;
  readonly litellm_params: Readonly<Record<string, string>>;
}

/** A real LiteLLM proxy on 127.0.0.1. */
export class LiteLlm implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;
  #child: ChildProcess | undefined;
  /** What it printed since its first start: its access log, among other things. */
  log = "";

  private constructor(port: number, folder: string) {
    this.port = port;
    this.#folder = folder;
  }

  /** Starts one, and waits until it answers. */
  static async start(options: { models: readonly LiteLlmModel[]; masterKey?: string }): Promise<LiteLlm> {
    const folder = await mkdtemp(join(tmpdir(), "olla-litellm-"));
    const litellm = new LiteLlm(await freePort(), folder);
    const config = {
      model_list: options.models,
      litellm_settings: { num_retries: 0, telemetry: false },
      general_settings: options.masterKey === undefined ? {} : { master_key: options.masterKey },
    };
    await writeFile(join(folder, "config.yaml"), JSON.stringify(config));
    await litellm.startAgain();
    return litellm;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts it on the same port after {@link LiteLlm.kill}. */
  async startAgain(): Promise<void> {
    const program = "from litellm import run_server; run_server()";
    const flags = ["--config", join(this.#folder, "config.yaml"), "--host", "127.0.0.1", "--port", String(this.port)];
    const child = spawn(PYTHON, ["-c", program, ...flags], {
      cwd: this.#folder,
      env: {
        ...process.env,
        LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY: "true",
        LITELLM_LOCAL_MODEL_COST_MAP: "True",
        PYTHONUNBUFFERED: "1",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.on("data", (data) => this.log += String(data));
    child.stderr.on("data", (data) => this.log += String(data));
    this.#child = child;
    try {
      await eventually("LiteLLM answers", async () => {
        if (child.exitCode !== null) return "ended";
        return (await fetch(`${this.url}/health/liveliness`)).ok ? "ready" : undefined;
      }, { within: 90_000, every: 200 });
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    } catch (error) {
      await this.kill();
      throw new Error(`LiteLLM did not start: ${error}\n${this.log.slice(-4000)}`, { cause: error });
    }
  }

  /** Kills it at once, as a crash does. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGKILL");
    await ended;
  }

  /** How many lines of its access log match, as `POST /v1/`. */
  logged(pattern: RegExp): number {
    return this.log.split("\n").filter((line) => line.includes(" HTTP/1.1") && pattern.test(line)).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
