import type { FirstTokenJob, FirstTokenResult } from "../messages.ts";
import { formatStreamOrder } from "../mock_request.ts";
import { chatBody, chatRequest } from "../payload.ts";
import { spread } from "../statistics.ts";
import { connect } from "./connection.ts";
import { Tally } from "./tally.ts";

const EVENTS = 5;
const EVERY_MS = 2;
/** Streams at the start whose time does not count. */
const UNCOUNTED = 5;
/** A stream takes 10 ms; one that takes this long is stuck. */
const STUCK_MS = 10_000;

/** Streams one after another on one connection; the time from sending the request to the first byte of the body. */
export async function runFirstToken(job: FirstTokenJob): Promise<FirstTokenResult> {
  const order = formatStreamOrder({ id: 0, every: EVERY_MS, count: EVENTS });
  const request = chatRequest({ path: job.path, port: job.port, body: chatBody("small", true), order });
  const tally = new Tally();
  const times: number[] = [];
  let sentAt = 0;
  let waiting = false;
  let done = (_goOn: boolean): void => {};
  const connection = await connect(job.port, {
    onBody() {
      if (waiting) times.push(performance.now() - sentAt);
      waiting = false;
    },
    onAnswer(status) {
      if (status !== 200) tally.fail(`HTTP ${status}`);
      done(true);
    },
    onBroken(reason) {
      tally.fail(reason);
      done(false);
    },
  });
  const stuck = setTimeout(() => {
    tally.fail(`A stream was not finished after ${STUCK_MS} ms`);
    done(false);
  }, job.measureMs + STUCK_MS);
  const until = performance.now() + job.measureMs;
  let goOn = true;
  while (goOn && performance.now() < until) {
    goOn = await new Promise<boolean>((resolve) => {
      done = resolve;
      tally.requests += 1;
      waiting = true;
      sentAt = performance.now();
      connection.send(request);
    });
  }
  clearTimeout(stuck);
  connection.leave();
  const found = spread(times.slice(UNCOUNTED));
  return {
    kind: "first_token",
    requests: tally.requests,
    errors: tally.errors,
    firstError: tally.firstError,
    p50: found?.p50,
    p99: found?.p99,
  };
}
