import { setTimeout as sleep } from "node:timers/promises";
import { epochMs } from "../clock.ts";
import type { StreamsJob, StreamsResult } from "../messages.ts";
import { sentTimes } from "../mock_answers.ts";
import { formatStreamOrder } from "../mock_request.ts";
import { chatBody, chatRequest, messagesBody } from "../payload.ts";
import { spread } from "../statistics.ts";
import { connect, type Connection } from "./connection.ts";
import { Tally } from "./tally.ts";

const ENDLESS = 1_000_000;

/**
 * Splits stream text at event ends. Returns the whole events and keeps the rest for the next piece: a proxy may cut
 * anywhere.
 */
export function wholeEvents(rest: string, piece: string): { readonly events: string; readonly rest: string } {
  const text = rest + piece;
  const end = text.lastIndexOf("\n\n");
  return end < 0 ? { events: "", rest: text } : { events: text.slice(0, end + 2), rest: text.slice(end + 2) };
}

/** Opens many endless streams, spread evenly over the ramp so that their events are spread too, and times each event. */
export async function runStreams(job: StreamsJob): Promise<StreamsResult> {
  const tally = new Tally();
  const delays: number[] = [];
  const body = job.dialect === "chat" ? chatBody("small", true) : messagesBody();
  let counting = false;

  const open = async (id: number): Promise<Connection | undefined> => {
    const order = formatStreamOrder({ id, every: job.every, count: ENDLESS });
    let rest = "";
    tally.requests += 1;
    try {
      const connection = await connect(job.port, {
        onBody(bytes) {
          const now = epochMs();
          const split = wholeEvents(rest, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1"));
          rest = split.rest;
          if (!counting) return;
          for (const sentAt of sentTimes(split.events, job.dialect)) delays.push(now - sentAt);
        },
        onAnswer: (status) => tally.fail(`A stream that has no end ended (HTTP ${status})`),
        onBroken: (reason) => tally.fail(reason),
      });
      connection.send(chatRequest({ path: job.path, port: job.port, body, order }));
      return connection;
    } catch (error) {
      tally.fail(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  };

  const start = performance.now();
  const opening: Promise<Connection | undefined>[] = [];
  while (opening.length < job.streams) {
    const due = Math.min(job.streams, Math.ceil(((performance.now() - start) / job.rampMs) * job.streams));
    while (opening.length < due) opening.push(open(opening.length));
    await sleep(1);
  }
  const connections = await Promise.all(opening);
  await sleep(job.settleMs);
  counting = true;
  await sleep(job.measureMs);
  counting = false;
  for (const connection of connections) connection?.leave();
  const times = spread(delays);
  return {
    kind: "streams",
    requests: tally.requests,
    errors: tally.errors,
    firstError: tally.firstError,
    p50: times?.p50,
    p99: times?.p99,
    received: delays.length / ((job.streams * job.measureMs) / job.every),
  };
}
