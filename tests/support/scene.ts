import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { FakeLlm } from "./fake_llm.ts";
import { OllaProcess } from "./olla_process.ts";

/** The model that every server of a scene has. */
export const MODEL = "llama3.2";

/** How a {@link Scene} is set. */
export interface SceneOptions {
  /** Servers besides `first`, in falling priority. @default {["second"]} */
  readonly others?: readonly string[];
  /** @default {[MODEL]} */
  readonly models?: readonly string[];
  /** @default {"ollama"} */
  readonly kind?: "ollama" | "openai";
  /** Keys for every endpoint's config. */
  readonly endpoint?: Readonly<Record<string, unknown>>;
  /** Keys for the first endpoint's config alone. */
  readonly firstEndpoint?: Readonly<Record<string, unknown>>;
  /** The `proxy` section. */
  readonly proxy?: Readonly<Record<string, unknown>>;
  /** The `server` section. */
  readonly server?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Health checks so rare that none but the first happens in a test: what is seen comes from the requests alone. */
export const NO_PROBES = { check_interval: "60s" } as const;

/** One answer as its client got it. */
export interface Answered {
  readonly status: number;
  /** Which server answered, as `X-Olla-Endpoint` says. */
  readonly endpoint: string | null;
  readonly headers: Headers;
  readonly text: string;
  /** The `code` of an error body in OpenAI's shape. */
  readonly code: string | undefined;
}

/**
 * olla in front of fake servers that all have {@link MODEL}. `first` has the highest priority, so that each request
 * meets it first and every other answer is a fail-over.
 */
export class Scene implements AsyncDisposable {
  readonly olla: OllaProcess;
  readonly llms: readonly FakeLlm[];

  private constructor(olla: OllaProcess, llms: readonly FakeLlm[]) {
    this.olla = olla;
    this.llms = llms;
  }

  static async start(options: SceneOptions = {}): Promise<Scene> {
    const { others = ["second"], models = [MODEL], kind = "ollama", env = {} } = options;
    const llms = await Promise.all(["first", ...others].map((name) => FakeLlm.start({ name, models, kind })));
    const endpoints = llms.map((llm, index) => {
      const own = index === 0 ? options.firstEndpoint : undefined;
      return llm.endpoint({ priority: 100 - index * 10, ...options.endpoint, ...own });
    });
    const { proxy = {}, server = {} } = options;
    try {
      const olla = await OllaProcess.start({ config: { server, proxy, endpoints }, models, env });
      const scene = new Scene(olla, llms);
      await scene.#warmUp();
      return scene;
    } catch (error) {
      await Promise.all(llms.map((llm) => llm[Symbol.asyncDispose]()));
      throw error;
    }
  }

  get first(): FakeLlm {
    return this.#llm(0);
  }

  get second(): FakeLlm {
    return this.#llm(1);
  }

  get third(): FakeLlm {
    return this.#llm(2);
  }

  /** Sends a chat; `more` adds or replaces keys of the body. */
  async ask(
    more: Readonly<Record<string, unknown>> = {},
    { path = "/v1/chat/completions", headers = {} }: { path?: string; headers?: Readonly<Record<string, string>> } = {},
  ): Promise<Answered> {
    const body = JSON.stringify({ model: MODEL, messages: [{ role: "user", content: "Hi" }], ...more });
    const init = { method: "POST", headers: { "content-type": "application/json", ...headers }, body };
    return await answered(await fetch(`${this.olla.url}${path}`, init));
  }

  /** Sends a chat that must succeed, at one server if one is named. */
  async askWell(endpoint?: string): Promise<void> {
    const answer = await this.ask();
    assert.equal(answer.status, 200, answer.text);
    if (endpoint !== undefined) assert.equal(answer.endpoint, endpoint);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.olla[Symbol.asyncDispose]();
    await Promise.all(this.llms.map((llm) => llm[Symbol.asyncDispose]()));
  }

  #llm(index: number): FakeLlm {
    const llm = this.llms[index];
    if (llm === undefined) throw new Error(`The scene has no server number ${index}`);
    return llm;
  }

  /** A first answer loads what olla loads when used, so that the memory of a round is the round's own. */
  async #warmUp(): Promise<void> {
    await this.askWell();
    for (const llm of this.llms) llm.backend.requests.length = 0;
  }
}

/** Reads a response whole. */
export async function answered(response: Response): Promise<Answered> {
  const text = await response.text();
  const endpoint = response.headers.get("x-olla-endpoint");
  return { status: response.status, endpoint, headers: response.headers, text, code: errorCode(text) };
}

function errorCode(text: string): string | undefined {
  try {
    const value = JSON.parse(text) as { error?: { code?: string } };
    return value.error?.code;
  } catch {
    return undefined;
  }
}

/** How much memory may be in use after the third round, in parts of what was in use after the first. */
const MOST_GROWTH = 1.1;
/** What is garbage is collected after some ten seconds of idleness; what leaks is not. */
const COLLECTED_WITHIN_MS = 20_000;

/**
 * Does the same thing three times. After each, the process must live and the next request succeed; after the third,
 * memory must be what it was after the first.
 */
export async function threeRounds(
  scene: Pick<Scene, "olla" | "askWell">,
  round: () => Promise<unknown>,
  next: () => Promise<unknown> = () => scene.askWell(),
): Promise<void> {
  let limit = 0;
  for (let count = 0; count < 3; count++) {
    await round();
    assert.ok(scene.olla.alive, `olla ended\n${scene.olla.stderr}`);
    await next();
    if (count === 0) limit = await settledMemory(scene.olla) * MOST_GROWTH;
  }
  const shown = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
  const end = performance.now() + COLLECTED_WITHIN_MS;
  let memory = await settledMemory(scene.olla);
  while (memory > limit && performance.now() < end) memory = await settledMemory(scene.olla);
  assert.ok(memory <= limit, `${shown(memory)} after three equal rounds, and at most ${shown(limit)} were allowed`);
}

/** The least of some looks, so that garbage that was about to be collected does not count. */
export async function settledMemory(olla: OllaProcess): Promise<number> {
  let least = Infinity;
  for (let look = 0; look < 5; look++) {
    await sleep(40);
    least = Math.min(least, await olla.rss());
  }
  return least;
}
