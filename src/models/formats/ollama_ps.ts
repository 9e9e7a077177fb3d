import type { ListedCopy, ListedModel } from "../listing/listed_model.ts";
import type { ListItem } from "./list_format.ts";
import { OLLAMA_FORMAT } from "./ollama.ts";

/**
 * When a model leaves memory that nothing is known of, as for Ollama's `keep_alive: -1`: its command line shows "Forever"
 * for anything more than twenty years ahead.
 */
const NEVER = "2200-01-01T00:00:00Z";

/**
 * Ollama's `/api/ps` over all backends: each name under which some endpoint in service has a model in memory. Aliases are
 * left out, as they are no further models in memory.
 *
 * @param models In the order in which they are listed.
 */
export function ollamaPs(models: Iterable<ListedModel>): { readonly models: readonly ListItem[] } {
  const running: ListItem[] = [];
  for (const model of models) {
    if (model.isAlias || model.state !== "loaded") continue;
    for (const id of model.names) {
      const copy = model.copies.find((copy) => copy.model.id === id && isRunning(copy));
      if (copy !== undefined) running.push(runningItem(model, id, copy));
    }
  }
  return { models: running };
}

function isRunning({ endpoint, loaded }: ListedCopy): boolean {
  return endpoint.inService && loaded === true;
}

/** How much of it is on a graphics card is known of no backend but Ollama: all of it is what the others are run for. */
function runningItem(model: ListedModel, id: string, { model: copy }: ListedCopy): ListItem {
  const { name, digest, details } = OLLAMA_FORMAT.single({ id, model });
  const size = copy.sizeBytes ?? model.stated("sizeBytes") ?? 0;
  return {
    name,
    model: name,
    size,
    digest: copy.digest ?? digest,
    details,
    expires_at: NEVER,
    size_vram: size,
    context_length: copy.contextLength ?? model.contextLength,
  };
}
