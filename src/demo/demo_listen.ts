import { serve } from "../runtime.ts";
import type { Sleep } from "./paced_stream.ts";
import type { DemoListen } from "./start_demo.ts";

/** Opens a simulated server on a free loopback port, as a real HTTP server. */
export const listenLocally: DemoListen = (handle) => {
  const listener = serve({
    host: "127.0.0.1",
    port: 0,
    idleTimeoutS: 0,
    maxBodyBytes: Number.MAX_SAFE_INTEGER,
    handle,
    onError: () => new Response(null, { status: 500 }),
  });
  return Promise.resolve({
    port: listener.port,
    close: () => {
      listener.close();
      return Promise.resolve();
    },
  });
};

/** Waits, or returns as soon as the signal aborts. */
export const abortableSleep: Sleep = (ms, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
