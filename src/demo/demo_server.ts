import type { Sleep } from "./paced_stream.ts";
import { isRecord } from "./reply.ts";

/** One simulated server: who it is, and the time it lives in. */
export interface DemoServer {
  /** The endpoint's name, told in each answer. */
  readonly name: string;
  readonly models: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: Sleep;
  /** Milliseconds between two words of a streamed answer. */
  readonly wordDelayMs: number;
  /** True while streamed answers are to break off. */
  readonly isCut: () => boolean;
}

/** The answer of one request, or undefined when the path is not among the routes. */
export type DemoRoutes = (request: Request, path: string) => Promise<Response | undefined>;

/** Reads a JSON object from a request body; undefined when it is none. */
export async function readObject(request: Request): Promise<Record<string, unknown> | undefined> {
  try {
    const value: unknown = await request.json();
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A request that names one of this server's models, or why it is refused. */
export type Picked =
  | { readonly kind: "picked"; readonly model: string; readonly body: Record<string, unknown> }
  | { readonly kind: "refused"; readonly status: 400 | 404; readonly problem: string };

/** Checks a request body: it must be an object whose `model` this server has. */
export function pickModel(server: DemoServer, body: Record<string, unknown> | undefined): Picked {
  if (body === undefined) return { kind: "refused", status: 400, problem: "The body must be a JSON object" };
  const model = body["model"];
  if (typeof model !== "string") return { kind: "refused", status: 400, problem: 'The body must name a "model"' };
  if (server.models.includes(model)) return { kind: "picked", model, body };
  const problem = `The demo server "${server.name}" has no model "${model}", only ${server.models.join(", ")}`;
  return { kind: "refused", status: 404, problem };
}
