import type { DemoRoutes, DemoServer } from "./demo_server.ts";
import { ollamaRoutes } from "./ollama_routes.ts";
import { openAiRoutes } from "./openai_routes.ts";
import type { Sleep } from "./paced_stream.ts";

/** The model that every simulated server has. */
export const DEMO_MODEL = "olla-demo";
/** The model that only one of the two has, so that routing by model can be seen. */
export const DEMO_MODEL_MINI = "olla-demo-mini";

/** An open HTTP server. */
export interface DemoListener {
  readonly port: number;
  close(): Promise<void>;
}

/** Opens an HTTP server for a handler on a free port of 127.0.0.1. */
export type DemoListen = (handler: (request: Request) => Promise<Response>) => Promise<DemoListener>;

/** What {@link startDemo} needs from outside. */
export interface DemoOptions {
  readonly listen: DemoListen;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: Sleep;
  /** `pair`: one OpenAI-style and one Ollama-style server. `single`: one server with {@link DEMO_MODEL} alone. */
  readonly servers: "pair" | "single";
  /** Milliseconds between two words of a streamed answer. @default {40} */
  readonly wordDelayMs?: number;
}

/** The simulated servers as endpoints to add, and the way to end them. */
export interface Demo {
  readonly endpoints: readonly { readonly name: string; readonly url: string; readonly type: string }[];
  close(): Promise<void>;
}

const KINDS = {
  "demo-openai": { type: "openai-compatible", models: [DEMO_MODEL, DEMO_MODEL_MINI], routes: [openAiRoutes] },
  "demo-ollama": { type: "ollama", models: [DEMO_MODEL], routes: [ollamaRoutes, openAiRoutes] },
} as const;

/**
 * Starts the simulated servers behind `--demo`: real HTTP servers on loopback, so that everything between them and the
 * client is what a real backend would meet.
 *
 * @throws Whatever `listen` throws; servers that were already open are closed first.
 */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const names = options.servers === "pair" ? (["demo-openai", "demo-ollama"] as const) : (["demo-ollama"] as const);
  const open: DemoListener[] = [];
  const close = async () => {
    await Promise.all(open.splice(0).map((listener) => listener.close()));
  };
  const endpoints: { name: string; url: string; type: string }[] = [];
  for (const name of names) {
    const { type, models, routes } = KINDS[name];
    const { now, sleep, wordDelayMs = 40 } = options;
    const server: DemoServer = { name, models, now, sleep, wordDelayMs };
    try {
      const listener = await options.listen(demoHandler(routes.map((make) => make(server))));
      open.push(listener);
      endpoints.push({ name, type, url: `http://127.0.0.1:${listener.port}` });
    } catch (error) {
      await close();
      throw error;
    }
  }
  return { endpoints, close };
}

/** Asks one set of routes after the other; what none serves is 404. */
function demoHandler(routes: readonly DemoRoutes[]): (request: Request) => Promise<Response> {
  return async (request) => {
    const path = new URL(request.url).pathname;
    for (const route of routes) {
      const response = await route(request, path);
      if (response !== undefined) return response;
    }
    const message = `The demo server does not serve ${request.method} ${path}`;
    return Response.json({ error: { message, type: "invalid_request_error", param: null, code: "not_found" } }, {
      status: 404,
    });
  };
}
