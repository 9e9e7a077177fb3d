import { setTimeout as sleep } from "node:timers/promises";
import type { ListJob, ListResult } from "../messages.ts";
import { getRequest } from "../payload.ts";
import { spread } from "../statistics.ts";
import { connect } from "./connection.ts";
import { Tally } from "./tally.ts";

/** A list takes milliseconds; one that takes this long is stuck. */
const STUCK_MS = 10_000;

/**
 * What is wrong with a model list, `undefined` for nothing: it must hold `models` different ids. The benchmark of a
 * gateway that answers half of its models would be worth nothing.
 */
export function faultOfList(body: string, models: number): string | undefined {
  let ids: unknown[];
  try {
    ids = JSON.parse(body).data.map((model: { id: unknown }) => model.id);
  } catch {
    return `A body of ${body.length} characters that is no model list`;
  }
  const different = new Set(ids).size;
  if (different === models && ids.length === models) return undefined;
  return `A list of ${ids.length} models, ${different} of them different, expected were ${models}`;
}

/**
 * Model lists one after another on one connection; the time from sending the request to the last byte of the body. The
 * first body is read, the others must be as long as it.
 */
export async function runList(job: ListJob): Promise<ListResult> {
  const request = getRequest(job.path, job.port);
  const tally = new Tally();
  const times: number[] = [];
  let { models } = job;
  let body: Buffer[] = [];
  let isRead = true;
  let bytes: number | undefined;
  let sentAt = 0;
  let done = (_goOn: boolean): void => {};
  const check = (status: number, length: number): void => {
    const fault = status === 200 && isRead ? faultOfList(Buffer.concat(body).toString(), models) : undefined;
    if (status !== 200) tally.fail(`HTTP ${status}`);
    else if (fault !== undefined) tally.fail(fault);
    else if (length !== (bytes ??= length)) tally.fail(`A list of ${length} bytes, the first one had ${bytes}`);
  };
  const connection = await connect(job.port, {
    onBody(piece) {
      // A view into the read buffer: it must be copied.
      if (isRead) body.push(Buffer.from(piece));
    },
    onAnswer(status, length) {
      times.push(performance.now() - sentAt);
      check(status, length);
      body = [];
      isRead = false;
      done(true);
    },
    onBroken(reason) {
      tally.fail(reason);
      done(false);
    },
  });
  const ask = (): Promise<boolean> =>
    new Promise((resolve) => {
      done = resolve;
      tally.requests += 1;
      sentAt = performance.now();
      connection.send(request);
    });
  const stuck = setTimeout(() => {
    tally.fail(`A list was not complete after ${STUCK_MS} ms`);
    done(false);
  }, STUCK_MS);
  let goOn = true;
  while (goOn && tally.requests < job.requests) goOn = await ask();
  const found = spread(times.splice(0));
  const length = bytes;
  if (goOn && job.last !== undefined) {
    await sleep(job.last.afterMs);
    models = job.last.models;
    bytes = undefined;
    await ask();
    // Reading a body takes the client a millisecond: the list that is timed is the one before, of the same length.
    isRead = true;
    await ask();
  }
  clearTimeout(stuck);
  connection.leave();
  return {
    kind: "list",
    requests: tally.requests,
    errors: tally.errors,
    firstError: tally.firstError,
    p50: found?.p50,
    p99: found?.p99,
    bytes: length ?? 0,
    last: times[0],
  };
}
