import { nameOf, objectOf } from "../../parsers/fields.ts";

/**
 * The models in memory, from Lemonade's answer to `GET /api/v1/health`: `all_models_loaded` (several at once) or, of
 * older servers, `model_loaded` alone. Undefined for another answer.
 */
export function readLemonadeHealth(json: unknown): readonly string[] | undefined {
  const { all_models_loaded: all, model_loaded: one } = objectOf(json);
  if (Array.isArray(all)) return all.flatMap((entry) => nameOf(objectOf(entry).model_name) ?? []);
  if (one === undefined) return undefined;
  const name = nameOf(one);
  return name === undefined ? [] : [name];
}
