import { setTimeout as sleep } from "node:timers/promises";
import { epochMs } from "../clock.ts";
import type { CancelJob, CancelResult } from "../messages.ts";
import { formatStreamOrder } from "../mock_request.ts";
import { chatBody, chatRequest } from "../payload.ts";
import { connect } from "./connection.ts";
import { Tally } from "./tally.ts";

/**
 * Milliseconds between events. Long against the time we look for, so that a proxy which notices a gone client only when
 * it next has something to send shows as tens of milliseconds.
 */
const EVERY_MS = 100;
const EVENTS = 100;
const NO_EVENT_MS = 5000;

/** Opens streams one by one, leaves each some milliseconds after its first event and notes when. */
export async function runCancel(job: CancelJob): Promise<CancelResult> {
  const tally = new Tally();
  const left: [number, number][] = [];
  for (let i = 0; i < job.count; i += 1) {
    const id = job.firstId + i;
    const failure = await leaveStream(job, id, 5 + (i * 7) % 20, left);
    tally.requests += 1;
    if (failure !== undefined) tally.fail(failure);
  }
  return { kind: "cancel", requests: tally.requests, errors: tally.errors, firstError: tally.firstError, left };
}

/** Leaves one stream `afterMs` after its first event; what went wrong if anything did. */
async function leaveStream(
  job: CancelJob,
  id: number,
  afterMs: number,
  left: [number, number][],
): Promise<string | undefined> {
  let settle = (_failure: string | undefined): void => {};
  const first = new Promise<string | undefined>((resolve) => {
    settle = resolve;
  });
  const connection = await connect(job.port, {
    onBody: () => settle(undefined),
    onAnswer: (status) => settle(`A stream ended before the client left it (HTTP ${status})`),
    onBroken: (reason) => settle(reason),
  });
  const order = formatStreamOrder({ id, every: EVERY_MS, count: EVENTS });
  connection.send(chatRequest({ path: job.path, port: job.port, body: chatBody("small", true), order }));
  const failure = await Promise.race([
    first,
    sleep(NO_EVENT_MS, `No event within ${NO_EVENT_MS} ms`, { ref: false }),
  ]);
  if (failure !== undefined) {
    connection.leave();
    return failure;
  }
  await sleep(afterMs);
  left.push([id, epochMs()]);
  connection.leave();
  return undefined;
}
