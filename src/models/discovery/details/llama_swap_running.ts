import { nameOf, objectOf } from "../../parsers/fields.ts";

/** A model that starts answers the next request sooner than one that has yet to be started. */
const IN_MEMORY: ReadonlySet<unknown> = new Set(["ready", "starting"]);

/** The models that run, from llama-swap's answer to `GET /running`. Undefined for another answer. */
export function readLlamaSwapRunning(json: unknown): readonly string[] | undefined {
  const { running } = objectOf(json);
  if (running === null) return [];
  if (!Array.isArray(running)) return undefined;
  return running.flatMap((entry) => {
    const { model, state } = objectOf(entry);
    return IN_MEMORY.has(state) ? nameOf(model) ?? [] : [];
  });
}
