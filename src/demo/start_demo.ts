import { controlRoutes, faultRoutes } from "./control_routes.ts";
import type { DemoRoutes, DemoServer } from "./demo_server.ts";
import { type DemoHandler, type DemoListen, FaultyServer } from "./faulty_server.ts";
import { ollamaRoutes } from "./ollama_routes.ts";
import { openAiRoutes } from "./openai_routes.ts";
import type { Sleep } from "./paced_stream.ts";

/** The model that every simulated server has. */
export const DEMO_MODEL = "olla-demo";
/** The model that only one of the two has, so that routing by model can be seen. */
export const DEMO_MODEL_MINI = "olla-demo-mini";

/** What {@link startDemo} needs from outside. */
export interface DemoOptions {
  readonly listen: DemoListen;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: Sleep;
  /**
   * `pair`: one OpenAI-style and one Ollama-style server, which can be made to fail by hand. `single`: one server with
   * {@link DEMO_MODEL} alone.
   */
  readonly servers: "pair" | "single";
  /** Milliseconds between two words of a streamed answer. @default {40} */
  readonly wordDelayMs?: number;
}

/** The simulated servers as endpoints to add, and the way to end them. */
export interface Demo {
  readonly endpoints: readonly { readonly name: string; readonly url: string; readonly type: string }[];
  close(): Promise<void>;
}

/** The ports are wishes: fixed ones make commands that can be copied, and lie beside olla's own. */
const KINDS = {
  "demo-openai": {
    type: "openai-compatible",
    port: 40115,
    models: [DEMO_MODEL, DEMO_MODEL_MINI],
    routes: [openAiRoutes],
  },
  "demo-ollama": { type: "ollama", port: 40116, models: [DEMO_MODEL], routes: [ollamaRoutes, openAiRoutes] },
} as const;

/**
 * Starts the simulated servers behind `--demo`: real HTTP servers on loopback, so that everything between them and the
 * client is what a real backend would meet.
 *
 * @throws Whatever `listen` throws; servers that were already open are closed first.
 */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const isPair = options.servers === "pair";
  const names = isPair ? (["demo-openai", "demo-ollama"] as const) : (["demo-ollama"] as const);
  const open: FaultyServer[] = [];
  const close = async () => {
    await Promise.all(open.splice(0).map((server) => server.close()));
  };
  const endpoints: { name: string; url: string; type: string }[] = [];
  const { listen, now, sleep, wordDelayMs = 40 } = options;
  for (const name of names) {
    const { type, models, routes, port } = KINDS[name];
    const handlerOf = (own: FaultyServer) => {
      const server: DemoServer = { name, models, now, sleep, wordDelayMs, isCut: () => own.fault === "cut" };
      const controls = isPair ? [controlRoutes(own, () => open), faultRoutes(own)] : [];
      return demoHandler([...controls, ...routes.map((make) => make(server))]);
    };
    try {
      const server = await FaultyServer.open({ name, listen, port: isPair ? port : 0, now, sleep, handlerOf });
      open.push(server);
      endpoints.push({ name, type, url: server.url });
    } catch (error) {
      await close();
      throw error;
    }
  }
  return { endpoints, close };
}

/** Asks one set of routes after the other; what none serves is 404. */
function demoHandler(routes: readonly DemoRoutes[]): DemoHandler {
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
