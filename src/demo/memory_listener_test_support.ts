import type { DemoHandler, DemoListen } from "./faulty_server.ts";

/** A listener without sockets: keeps the handlers by port, and hands out free ports from 50000 on. */
export function memoryListener(): { listen: DemoListen; handlers: Map<number, DemoHandler> } {
  const handlers = new Map<number, DemoHandler>();
  let free = 50_000;
  const listen: DemoListen = (handler, port) => {
    const own = port === 0 ? free++ : port;
    if (handlers.has(own)) return Promise.reject(new Error(`port ${own} is taken`));
    handlers.set(own, handler);
    return Promise.resolve({ port: own, close: () => Promise.resolve(void handlers.delete(own)) });
  };
  return { listen, handlers };
}
