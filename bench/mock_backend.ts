/**
 * The mock backend, a process of its own. It speaks HTTP over raw sockets with canned answers, since it must cost far
 * less than any proxy under test: measured with wrk, 135,000 requests a second on 64 connections where `Bun.serve` gave
 * 47,000 on the same machine. Started by `run.ts`, which it answers over the process channel; ends when that ends.
 *
 * @module
 */
import process from "node:process";
import type { Socket } from "bun";
import { epochMs } from "./clock.ts";
import type { Listening, MockAnswer, MockQuestion } from "./messages.ts";
import {
  CatalogueAnswers,
  CHAT_ANSWER,
  MODELS_ANSWER,
  NOT_FOUND_ANSWER,
  STREAM_END,
  STREAM_HEAD,
  streamEvent,
} from "./mock_answers.ts";
import { type MockRequest, RequestReader, type StreamOrder } from "./mock_request.ts";
import { SocketWriter } from "./socket_writer.ts";

interface Connection {
  readonly reader: RequestReader;
  readonly writer: SocketWriter;
  /** The stream being sent on it. */
  stream: { readonly id: number; timer: ReturnType<typeof setTimeout> } | undefined;
}

let closes: [number, number][] = [];
let openStreams = 0;
const catalogue = new CatalogueAnswers();

function cannedAnswer(request: MockRequest): Buffer {
  if (request.method === "POST" && request.path === "/v1/chat/completions") return CHAT_ANSWER;
  if (request.method === "GET" && request.path === "/v1/models") return MODELS_ANSWER;
  return (request.method === "GET" ? catalogue.answer(request.path) : undefined) ?? NOT_FOUND_ANSWER;
}

/**
 * The first event goes out with the head, so that the time to it holds no timer's jitter. The others are due at fixed
 * times from then on and are not put off when the machine was late with one: a slow proxy must not slow the load down.
 */
function startStream(socket: Socket<Connection>, order: StreamOrder): void {
  const connection = socket.data;
  const start = epochMs();
  let sent = 1;
  const schedule = (): ReturnType<typeof setTimeout> =>
    setTimeout(next, Math.max(0, start + sent * order.every - epochMs()));
  const next = (): void => {
    if (connection.stream === undefined) return;
    if (sent >= order.count) {
      endStream(connection);
      connection.writer.write(socket, Buffer.from(STREAM_END));
      return;
    }
    sent += 1;
    connection.writer.write(socket, Buffer.from(streamEvent(epochMs())));
    connection.stream.timer = schedule();
  };
  connection.writer.write(socket, Buffer.from(STREAM_HEAD + streamEvent(start)));
  openStreams += 1;
  connection.stream = { id: order.id, timer: schedule() };
}

/** Stops the stream of a connection; its id if there was one. */
function endStream(connection: Connection): number | undefined {
  const stream = connection.stream;
  if (stream === undefined) return undefined;
  clearTimeout(stream.timer);
  connection.stream = undefined;
  openStreams -= 1;
  return stream.id;
}

const listener = Bun.listen<Connection>({
  hostname: "127.0.0.1",
  port: 0,
  socket: {
    open(socket) {
      socket.data = { reader: new RequestReader(), writer: new SocketWriter(), stream: undefined };
    },
    data(socket, bytes) {
      const request = socket.data.reader.push(bytes);
      if (request === undefined) return;
      if (request.stream === undefined) socket.data.writer.write(socket, cannedAnswer(request));
      else startStream(socket, request.stream);
    },
    drain(socket) {
      socket.data.writer.drain(socket);
    },
    close(socket) {
      const id = endStream(socket.data);
      if (id !== undefined) closes.push([id, epochMs()]);
    },
    error(socket, error) {
      // An unreadable request: the client then sees the connection close, and the run counts and names that.
      process.stderr.write(`mock backend: ${error.message}\n`);
      socket.terminate();
    },
  },
});

function answer(question: MockQuestion): MockAnswer {
  switch (question.kind) {
    case "take_closes": {
      const taken = closes;
      closes = [];
      return { kind: "closes", closes: taken, openStreams };
    }
    case "set_extra_models":
      catalogue.setExtra(question.endpoint, question.models);
      return { kind: "extra_models_set" };
  }
}

process.on("message", (question: MockQuestion) => process.send?.(answer(question)));
process.on("disconnect", () => process.exit(0));
process.send?.({ kind: "listening", port: listener.port } satisfies Listening);
