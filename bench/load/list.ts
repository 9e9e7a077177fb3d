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
  let body: Buffer[] = [];
  let bytes: number | undefined;
  let sentAt = 0;
  let done = (_goOn: boolean): void => {};
  const check = (status: number, length: number): void => {
    const fault = status === 200 && bytes === undefined
      ? faultOfList(Buffer.concat(body).toString(), job.models)
      : undefined;
    if (status !== 200) tally.fail(`HTTP ${status}`);
    else if (fault !== undefined) tally.fail(fault);
    else if (length !== (bytes ??= length)) tally.fail(`A list of ${length} bytes, the first one had ${bytes}`);
  };
  const connection = await connect(job.port, {
    onBody(piece) {
      // A view into the read buffer: it must be copied.
      if (bytes === undefined) body.push(Buffer.from(piece));
    },
    onAnswer(status, length) {
      times.push(performance.now() - sentAt);
      check(status, length);
      body = [];
      done(true);
    },
    onBroken(reason) {
      tally.fail(reason);
      done(false);
    },
  });
  const stuck = setTimeout(() => {
    tally.fail(`A list was not complete after ${STUCK_MS} ms`);
    done(false);
  }, STUCK_MS);
  for (let goOn = true; goOn && tally.requests < job.requests;) {
    goOn = await new Promise<boolean>((resolve) => {
      done = resolve;
      tally.requests += 1;
      sentAt = performance.now();
      connection.send(request);
    });
  }
  clearTimeout(stuck);
  connection.leave();
  const found = spread(times);
  return {
    kind: "list",
    requests: tally.requests,
    errors: tally.errors,
    firstError: tally.firstError,
    p50: found?.p50,
    p99: found?.p99,
    bytes: bytes ?? 0,
  };
}
