import { nameOf, objectOf } from "../../parsers/fields.ts";

/** The names in Ollama's answer to `GET /api/ps`: models in memory, or on their way there. Undefined for another answer. */
export function readOllamaPs(json: unknown): readonly string[] | undefined {
  const { models } = objectOf(json);
  // Go programs write an empty list as null.
  if (models === null) return [];
  if (!Array.isArray(models)) return undefined;
  return models.flatMap((entry) => {
    const { model, name } = objectOf(entry);
    return nameOf(name, model) ?? [];
  });
}
