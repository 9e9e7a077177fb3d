/**
 * The load client, a process of its own: runs the jobs that `run.ts` sends, one at a time, and answers with the figures.
 * Raw sockets and a parser of its own, since a client built on `fetch` would cost more than most of what it measures.
 *
 * @module
 */
import process from "node:process";
import { runCancel } from "./load/cancel.ts";
import { runClosedLoop } from "./load/closed_loop.ts";
import { runFirstToken } from "./load/first_token.ts";
import { runList } from "./load/list.ts";
import { runStreams } from "./load/streams.ts";
import type { Failed, Job, JobResult, Ready } from "./messages.ts";

function run(job: Job): Promise<JobResult> {
  switch (job.kind) {
    case "closed_loop":
      return runClosedLoop(job);
    case "first_token":
      return runFirstToken(job);
    case "streams":
      return runStreams(job);
    case "cancel":
      return runCancel(job);
    case "list":
      return runList(job);
  }
}

process.on("message", async (job: Job) => {
  let answer: JobResult | Failed;
  try {
    answer = await run(job);
  } catch (error) {
    answer = { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
  process.send?.(answer);
});
process.on("disconnect", () => process.exit(0));
process.send?.({ kind: "ready" } satisfies Ready);
