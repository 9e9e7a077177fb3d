import type { Socket } from "bun";
import { ResponseParser, type ResponseSink } from "../http_response.ts";
import { SocketWriter } from "../socket_writer.ts";

/** What a connection tells its user. */
export interface ConnectionEvents {
  /** The answer to the last request is complete. */
  onAnswer(status: number, bodyBytes: number): void;
  /** Part of a body; see {@link ResponseSink}. */
  onBody?(bytes: Uint8Array): void;
  /** The connection broke, or was closed by the other side inside an answer. Not told after {@link Connection.leave}. */
  onBroken(reason: string): void;
}

/** One keep-alive connection that has at most one request under way. */
export interface Connection {
  /** Sends a whole request. */
  send(request: Uint8Array): void;
  /** Closes at once, inside an answer too, as a client that goes away does. */
  leave(): void;
}

/**
 * Opens a connection to a port of this machine.
 *
 * @throws when nothing listens there
 */
export async function connect(port: number, events: ConnectionEvents): Promise<Connection> {
  const sink: ResponseSink | undefined = events.onBody === undefined
    ? undefined
    : { onBody: (bytes) => events.onBody?.(bytes) };
  const parser = new ResponseParser(sink);
  const writer = new SocketWriter();
  let ended = false;
  const broken = (reason: string): void => {
    if (ended) return;
    ended = true;
    events.onBroken(reason);
  };
  const socket: Socket<undefined> = await Bun.connect<undefined>({
    hostname: "127.0.0.1",
    port,
    socket: {
      data(_socket, bytes) {
        if (ended) return;
        if (parser.push(bytes)) events.onAnswer(parser.status, parser.bodyBytes);
      },
      drain: (socket) => writer.drain(socket),
      close: () => broken("Connection closed inside an answer"),
      error(socket, error) {
        broken(error.message);
        socket.terminate();
      },
    },
  });
  return {
    send: (request) => writer.write(socket, request),
    leave() {
      ended = true;
      socket.terminate();
    },
  };
}
