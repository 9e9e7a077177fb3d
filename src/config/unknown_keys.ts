import type * as v from "valibot";
import { didYouMean } from "../lib/closest.ts";
import type { ConfigPath, Problem } from "./issues.ts";
import { shapeOf } from "./schema_shape.ts";
import { isMapping } from "./yaml_tree.ts";

/**
 * Finds the keys that the schema does not know. Top-level keys that begin with `x-` are free, for YAML anchors.
 * @param strict Makes them errors.
 */
export function unknownKeys(root: unknown, schema: v.GenericSchema, options: { strict: boolean }): Problem[] {
  const severity = options.strict ? "error" : "warning";
  const problems: Problem[] = [];

  function visit(value: unknown, at: v.GenericSchema, path: ConfigPath): void {
    const shape = shapeOf(at);
    if (shape.kind === "list" && Array.isArray(value)) {
      value.forEach((item, index) => visit(item, shape.item, [...path, index]));
      return;
    }
    if (!isMapping(value)) return;
    for (const [key, child] of Object.entries(value)) {
      const here = [...path, key];
      if (shape.kind === "record") visit(child, shape.value, here);
      if (shape.kind !== "mapping") continue;
      const known = Object.hasOwn(shape.entries, key) ? shape.entries[key] : undefined;
      if (known !== undefined) visit(child, known, here);
      else if (path.length > 0 || !key.startsWith("x-")) {
        const hint = didYouMean(key, Object.keys(shape.entries));
        problems.push({ path: here, message: `is not a known key and is ignored${hint}`, severity, atKey: true });
      }
    }
  }

  visit(root, schema, []);
  return problems;
}
