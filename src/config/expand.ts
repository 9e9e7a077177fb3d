import type * as v from "valibot";
import type { ConfigPath, Problem } from "./issues.ts";
import { marksOf, shapeOf } from "./schema_shape.ts";
import { isMapping, type YamlMapping, type YamlValue } from "./yaml_tree.ts";

/** Environment variables; an absent one is undefined. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A text with its variables replaced, or why that could not be done. Messages name variables, never values. */
export type Expansion =
  | { readonly kind: "text"; readonly text: string; readonly usedVariables: boolean }
  | { readonly kind: "problem"; readonly message: string };

const VARIABLE = /^([A-Za-z_][A-Za-z0-9_]*)(?::-([\s\S]*))?$/;

/**
 * Replaces `${VAR}` and `${VAR:-default}`; the default counts when the variable is unset or empty. A bare `$VAR` stays
 * as it is, and defaults do not nest.
 */
export function expandVariables(text: string, env: Environment): Expansion {
  let result = "";
  let from = 0;
  let usedVariables = false;
  for (let open = text.indexOf("${"); open >= 0; open = text.indexOf("${", from)) {
    const close = text.indexOf("}", open);
    if (close < 0) return { kind: "problem", message: 'has a "${" without its closing "}"' };
    const match = VARIABLE.exec(text.slice(open + 2, close));
    const name = match?.[1];
    if (name === undefined || match?.[2]?.includes("${") === true) {
      return { kind: "problem", message: "must use variables as ${NAME} or ${NAME:-default}, which do not nest" };
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    const fallback = match?.[2];
    if (value === undefined && fallback === undefined) {
      return { kind: "problem", message: `uses the environment variable "${name}", which is not set` };
    }
    result += text.slice(from, open) + (fallback !== undefined && (value ?? "") === "" ? fallback : value);
    from = close + 1;
    usedVariables = true;
  }
  return { kind: "text", text: result + text.slice(from), usedVariables };
}

/** A tree with the variables of its `expanded` texts replaced, and what went wrong. The given tree stays as it is. */
export function expandTree(
  root: YamlValue | undefined,
  schema: v.GenericSchema,
  env: Environment,
): { tree: YamlValue | undefined; problems: readonly Problem[] } {
  const problems: Problem[] = [];

  function visit(value: YamlValue, at: v.GenericSchema, path: ConfigPath): YamlValue {
    const shape = shapeOf(at);
    if (shape.kind === "scalar") return typeof value === "string" && marksOf(at).expanded ? expand(value, path) : value;
    if (shape.kind === "list" && Array.isArray(value)) {
      return value.map((item, index) => visit(item, shape.item, [...path, index]));
    }
    if (!isMapping(value)) return value;
    const result: YamlMapping = Object.create(null);
    for (const [key, child] of Object.entries(value)) {
      const known = shape.kind === "record" ? shape.value : shape.kind === "mapping" ? shape.entries[key] : undefined;
      result[key] = known === undefined ? child : visit(child, known, [...path, key]);
    }
    return result;
  }

  function expand(text: string, path: ConfigPath): YamlValue {
    const expansion = expandVariables(text, env);
    if (expansion.kind === "text") return expansion.text;
    problems.push({ path, message: expansion.message });
    return text;
  }

  return { tree: root === undefined ? undefined : visit(root, schema, []), problems };
}
