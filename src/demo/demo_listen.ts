import { tcpOpen } from "../lib/tcp_open.ts";
import { serve } from "../runtime.ts";
import type { DemoListen } from "./faulty_server.ts";
import type { Sleep } from "./paced_stream.ts";

/** Longest wait for the answer to whether a port is taken; on loopback it comes at once. */
const LOOK_MS = 500;

/** Opens a simulated server on a loopback port, as a real HTTP server. */
export const listenLocally: DemoListen = async (handle, port) => {
  // The system may let two programs share a port, and each would get some of the other's connections.
  if (port !== 0 && (await tcpOpen({ host: "127.0.0.1", port }, LOOK_MS))) throw new Error(`Port ${port} is taken`);
  const listener = serve({
    host: "127.0.0.1",
    port,
    idleTimeoutS: 0,
    maxBodyBytes: Number.MAX_SAFE_INTEGER,
    handle,
    onError: () => new Response(null, { status: 500 }),
  });
  return {
    port: listener.port,
    close: () => {
      listener.close();
      return Promise.resolve();
    },
  };
};

/** Waits, or returns as soon as the signal aborts. Leaves nothing on the signal: one stream waits many times on one. */
export const abortableSleep: Sleep = (ms, signal) =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
