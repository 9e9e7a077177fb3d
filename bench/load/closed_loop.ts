import { setTimeout as sleep } from "node:timers/promises";
import { catalogueNames } from "../catalogue_models.ts";
import type { ClosedLoopJob, ClosedLoopResult } from "../messages.ts";
import { chatBody, chatRequest } from "../payload.ts";
import { spread } from "../statistics.ts";
import { connect, type Connection } from "./connection.ts";
import { Tally } from "./tally.ts";

/** How long answers may still take after the measured time, in milliseconds. */
const DRAIN_MS = 5000;

/** Each connection sends its next request when the last is answered; only answers inside the measured time count. */
export async function runClosedLoop(job: ClosedLoopJob): Promise<ClosedLoopResult> {
  const requests = requestsOf(job);
  // Anywhere, so that each job asks for other models and not always for those that the last one has warmed.
  let next = Math.floor(Math.random() * requests.length);
  const tally = new Tally();
  const latencies: number[] = [];
  const connections: Connection[] = [];
  let from = Number.POSITIVE_INFINITY;
  let until = Number.POSITIVE_INFINITY;
  let busy = 0;
  let allIdle = (): void => {};

  const open = async (): Promise<() => void> => {
    let sentAt = 0;
    const send = (): void => {
      tally.requests += 1;
      sentAt = performance.now();
      const request = requests[next++ % requests.length];
      if (request !== undefined) connection.send(request);
    };
    const rest = (): void => {
      busy -= 1;
      if (busy === 0) allIdle();
    };
    const connection = await connect(job.port, {
      onAnswer(status, bodyBytes) {
        const now = performance.now();
        tally.checkAnswer(status, bodyBytes);
        if (now >= from && now <= until) latencies.push(now - sentAt);
        if (now < until) send();
        else rest();
      },
      onBroken(reason) {
        tally.fail(reason);
        rest();
      },
    });
    connections.push(connection);
    return send;
  };

  const starts = await Promise.all(Array.from({ length: job.connections }, open));
  busy = starts.length;
  const finished = new Promise<void>((resolve) => {
    allIdle = resolve;
  });
  const start = performance.now();
  from = start + job.warmupMs;
  until = from + job.measureMs;
  for (const send of starts) send();
  const inTime = await Promise.race([
    finished.then(() => true),
    sleep(job.warmupMs + job.measureMs + DRAIN_MS, false, { ref: false }),
  ]);
  if (!inTime) tally.fail(`${busy} answers missing ${DRAIN_MS} ms after the end`);
  for (const connection of connections) connection.leave();
  const times = spread(latencies);
  return {
    kind: "closed_loop",
    requests: tally.requests,
    errors: tally.errors,
    firstError: tally.firstError,
    perSecond: latencies.length / (job.measureMs / 1000),
    p50: times && times.p50 * 1000,
    p99: times && times.p99 * 1000,
  };
}

/** What the connections send in turn. */
function requestsOf({ models, path, payload, port }: ClosedLoopJob): Buffer[] {
  const names = models === undefined ? [undefined] : catalogueNames(models);
  return names.map((name) => chatRequest({ path, port, body: chatBody(payload, false, name) }));
}
