import { setTimeout as sleep } from "node:timers/promises";
import {
  basePath,
  CATALOGUE_ENDPOINTS,
  CATALOGUE_MODELS,
  type CataloguePart,
  endpointName,
  modelName,
  MODELS_PER_ENDPOINT,
} from "../catalogue_models.ts";
import type { InProcessFigures, ListJob, MeasureInProcess, Ready } from "../messages.ts";
import { chatBody } from "../payload.ts";
import { memoryOf } from "../process_stats.ts";
import { type BenchEndpoint, type RunningTarget, startTarget, type Target } from "../targets/target.ts";
import { startWorker } from "../worker.ts";
import { destination, type Lab, runJob } from "./lab.ts";

/** Each round waits until olla asks its endpoints again, so that more would take long. */
const MOST_ROUNDS = 4;
const LIST_PATH = "/v1/models";
/** Lists that each process has answered when its memory is read. */
const LISTS_BEFORE_MEMORY = 20;
/** How long a process is left alone before its memory is read, in milliseconds. */
const IDLE_MS = 3000;
const LISTS_PER_ROUND = 60;
/** For an unknown model olla asks no endpoint again that it asked within two seconds. */
const ASKED_AGAIN_AFTER_MS = 2100;
/**
 * An unknown model is served as soon as the first list has it, while a hundred others are still on their way: what they cost
 * is the update's figure, and not to be counted again with the first list after it.
 */
const ROUND_OVER_MS = 800;
/** Lists on the connection before that one: a fresh connection takes milliseconds to carry a megabyte and a half. */
const LISTS_BEFORE_CHANGE = 5;
const LISTS_TAKE_MS = 200;
const FULL_LIMIT_MS = 20_000;
const ROUND_LIMIT_MS = 60_000;

/** The two catalogues that are compared. */
interface Pair<Item> {
  /** 100 endpoints with 100 models each. */
  readonly large: Item;
  /** One endpoint with one model. */
  readonly one: Item;
}

/** What a catalogue of ten thousand models costs: in the process itself, and seen from outside. */
export async function measureCatalogue(lab: Lab, targets: readonly Target[]): Promise<void> {
  for (const target of targets) {
    if (target.withEndpoints === undefined) continue;
    await measureInProcess(lab, target);
    const all = Array.from({ length: CATALOGUE_ENDPOINTS }, (_, i) => ({ endpoint: i, models: MODELS_PER_ENDPOINT }));
    const pair = {
      large: target.withEndpoints(all.map(endpointOf), modelName(0, 0)),
      one: target.withEndpoints([endpointOf({ endpoint: 0, models: 1 })], modelName(0, 0)),
    };
    await withPair(lab, pair, async (running) => {
      await measureMemory(lab, running);
      await measureSpeed(lab, running);
    });
  }
}

function endpointOf(part: CataloguePart): BenchEndpoint {
  return { name: endpointName(part.endpoint), path: basePath(part), type: "vllm" };
}

async function measureInProcess(lab: Lab, target: Target): Promise<void> {
  const file = "./catalogue_worker.ts";
  const { worker } = await startWorker<MeasureInProcess, InProcessFigures, Ready>(lab.context.children, file);
  try {
    lab.progress("catalogue in process, warming up");
    await worker.ask({ kind: "measure_in_process" }, ROUND_LIMIT_MS);
    for (let round = 0; round < Math.min(MOST_ROUNDS, lab.options.rounds); round += 1) {
      lab.progress(`catalogue in process, round ${round + 1}`);
      const { figures } = await worker.ask({ kind: "measure_in_process" }, ROUND_LIMIT_MS);
      for (const [metric, value] of Object.entries(figures)) {
        lab.record({ scenario: "catalogue", metric, target: target.name, round, value });
      }
    }
  } finally {
    await worker.child.stop();
  }
}

/** Starts both, waits until they know all their models, runs `use`, and stops them again. */
async function withPair(
  lab: Lab,
  targets: Pair<Target>,
  use: (running: Pair<RunningTarget>) => Promise<void>,
): Promise<void> {
  const running: RunningTarget[] = [];
  const start = async (target: Target): Promise<RunningTarget> => {
    const started = await startTarget(target, lab.context);
    running.push(started);
    return started;
  };
  try {
    lab.progress(`catalogue, starting ${targets.large.name} with ${CATALOGUE_MODELS} models`);
    const pair = { one: await start(targets.one), large: await start(targets.large) };
    await untilFull(pair.large);
    await use(pair);
  } finally {
    await Promise.all(running.map((one) => one.child?.stop()));
  }
}

/** Waits until the catalogue has all models: the readiness path does not wait for every list. */
async function untilFull({ port, target }: RunningTarget): Promise<void> {
  const until = performance.now() + FULL_LIMIT_MS;
  let listed = 0;
  while (performance.now() < until) {
    const answer: { data?: unknown[] } = await (await fetch(`http://127.0.0.1:${port}${LIST_PATH}`)).json();
    listed = answer.data?.length ?? 0;
    if (listed === CATALOGUE_MODELS) return;
    await sleep(100);
  }
  throw new Error(`Cannot measure ${target.name}: it lists ${listed} of ${CATALOGUE_MODELS} models after 20 s`);
}

/** Memory with the large catalogue less that with one model, after the same requests to both. */
async function measureMemory(lab: Lab, { large, one }: Pair<RunningTarget>): Promise<void> {
  lab.progress("catalogue, memory");
  await list(lab, large, { models: CATALOGUE_MODELS, requests: LISTS_BEFORE_MEMORY });
  await list(lab, one, { models: 1, requests: LISTS_BEFORE_MEMORY });
  await sleep(IDLE_MS);
  const of = { scenario: "catalogue", target: large.target.name, round: 0 };
  const memory = large.child && memoryOf(large.child.pid);
  const least = one.child && memoryOf(one.child.pid);
  if (memory === undefined || least === undefined) return;
  lab.record({ ...of, metric: "rss_mb", value: memory.rss });
  lab.record({ ...of, metric: "extra_rss_mb", value: memory.rss - least.rss });
  lab.record({ ...of, metric: "extra_anonymous_mb", value: memory.anonymous - least.anonymous });
}

/** Lists and chats while nothing changes, then the first ones after a change; the next change waits its time. */
async function measureSpeed(lab: Lab, running: Pair<RunningTarget>): Promise<void> {
  const target = running.large.target.name;
  let changedAt = Number.NEGATIVE_INFINITY;
  for (let round = 0; round < Math.min(MOST_ROUNDS, lab.options.rounds); round += 1) {
    lab.progress(`catalogue, round ${round + 1}, ${target}`);
    const of = { scenario: "catalogue", target, round };
    const lists = await list(lab, running.large, { models: CATALOGUE_MODELS + round, requests: LISTS_PER_ROUND });
    lab.record({ ...of, metric: "list_p50_ms", value: lists.p50 });
    lab.record({ ...of, metric: "list_p99_ms", value: lists.p99 });
    lab.record({ ...of, metric: "list_kb", value: lists.bytes / 1024 });
    const chats = await chat(lab, running, round);
    lab.record({ ...of, metric: "chat_p50_us", value: chats.large });
    lab.record({ ...of, metric: "chat_one_p50_us", value: chats.one });
    if (chats.large !== undefined && chats.one !== undefined) {
      lab.record({ ...of, metric: "chat_added_us", value: chats.large - chats.one });
    }
    await sleep(Math.max(0, changedAt + ASKED_AGAIN_AFTER_MS - performance.now()));
    const known = CATALOGUE_MODELS + round;
    const first = list(lab, running.large, {
      models: known,
      requests: LISTS_BEFORE_CHANGE,
      last: { models: known + 1, afterMs: LISTS_TAKE_MS + ROUND_OVER_MS },
    });
    await sleep(LISTS_TAKE_MS);
    lab.record({ ...of, metric: "new_model_ms", value: await askForNewModel(lab, running.large, round) });
    changedAt = performance.now();
    lab.record({ ...of, metric: "list_changed_ms", value: (await first).last });
  }
}

function list(lab: Lab, { port, target }: RunningTarget, what: Pick<ListJob, "models" | "requests" | "last">) {
  return runJob(lab, `model list ${target.name}`, { kind: "list", port, path: LIST_PATH, ...what } as const, 0);
}

/** Microseconds at p50 of chats for any of the models, and of chats for the only one. */
async function chat(lab: Lab, running: Pair<RunningTarget>, round: number): Promise<Pair<number | undefined>> {
  const measureMs = lab.options.seconds * 1000;
  const warmupMs = Math.min(100, measureMs / 3);
  const measured: { large: number | undefined; one: number | undefined } = { large: undefined, one: undefined };
  const sides = [["large", CATALOGUE_MODELS], ["one", 1]] as const;
  // Neither is always the one that comes after the other.
  for (const [side, models] of round % 2 === 0 ? sides : sides.toReversed()) {
    const traffic = { payload: "small", connections: 1, models, warmupMs, measureMs } as const;
    const job = { kind: "closed_loop", ...destination(running[side]), ...traffic } as const;
    const result = await runJob(lab, `chat with ${models} models`, job, warmupMs + measureMs);
    measured[side] = result.p50;
  }
  return measured;
}

/**
 * Puts a model on one more endpoint each round and asks for it at once: olla knows it only after it has asked the
 * endpoints again.
 *
 * @returns Milliseconds to the answer; `undefined` when it was none.
 */
async function askForNewModel(
  lab: Lab,
  { port, target }: RunningTarget,
  endpoint: number,
): Promise<number | undefined> {
  await lab.mock.ask({ kind: "set_extra_models", endpoint, models: 1 }, ROUND_LIMIT_MS);
  const body = new Uint8Array(chatBody("small", false, modelName(endpoint, MODELS_PER_ENDPOINT)));
  const start = performance.now();
  const answer = await fetch(`http://127.0.0.1:${port}${target.chatPath}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  const text = await answer.text();
  if (answer.status === 200) return performance.now() - start;
  lab.problem(`a new model ${target.name}: HTTP ${answer.status} ${text.slice(0, 200)}`);
  return undefined;
}
