import type { Closes, Job, JobResult, MockAnswer, MockQuestion, ResultOf } from "../messages.ts";
import type { BenchOptions } from "../options.ts";
import type { Sample } from "../samples.ts";
import type { RunningTarget, StartContext } from "../targets/target.ts";
import type { Worker } from "../worker.ts";

/** What every scenario works with. */
export interface Lab {
  readonly options: BenchOptions;
  readonly context: StartContext;
  readonly load: Worker<Job, JobResult>;
  readonly mock: Worker<MockQuestion, MockAnswer>;
  /** Keeps a figure; an undefined one is left out. */
  record(sample: Omit<Sample, "value"> & { readonly value: number | undefined }): void;
  /** Notes something that makes the run's figures doubtful. It ends up under the table and in the exit code. */
  problem(text: string): void;
  /** One line about what is going on. */
  progress(text: string): void;
}

/** How long a worker may take beyond its job's own length, in milliseconds. */
const SLACK_MS = 30_000;

/** Runs one job and notes what went wrong with its requests. */
export async function runJob<J extends Job>(lab: Lab, name: string, job: J, lengthMs: number): Promise<ResultOf<J>> {
  const result = await lab.load.ask(job, lengthMs + SLACK_MS);
  if (result.kind !== job.kind) throw new Error(`The load client answered "${result.kind}" to "${job.kind}"`);
  if (result.errors > 0) {
    lab.problem(`${name}: ${result.errors} of ${result.requests} requests failed: ${result.firstError}`);
  }
  // The kind was compared above; the compiler cannot follow that through a type parameter.
  return result as ResultOf<J>;
}

/** What the mock saw since it was last asked. */
export async function takeCloses(lab: Lab, limitMs: number): Promise<Closes> {
  const answer = await lab.mock.ask({ kind: "take_closes" }, limitMs);
  if (answer.kind !== "closes") throw new Error(`The mock answered "${answer.kind}" to "take_closes"`);
  return answer;
}

/**
 * Every target once a round, beginning with another one each round: what follows what would otherwise be the same in all
 * rounds, and a target after a heavy one would always look slow.
 */
export async function interleaved<Item>(
  items: readonly Item[],
  rounds: number,
  step: (item: Item, round: number) => Promise<void>,
): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const first = round % Math.max(1, items.length);
    for (const item of [...items.slice(first), ...items.slice(0, first)]) await step(item, round);
  }
}

/** Where a job finds a target. */
export function destination(running: RunningTarget): { readonly port: number; readonly path: string } {
  return { port: running.port, path: running.target.chatPath };
}
