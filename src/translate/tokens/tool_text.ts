import type { ToolStyle } from "./families.ts";

/** A tool as Anthropic's clients define it. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  /** JSON Schema. */
  readonly schema: unknown;
}

/** A tool's definition as it stands in a model's prompt, or nearly so. */
export function toolText(tool: ToolDefinition, style: ToolStyle): string {
  if (style === "typescript") return typeScriptText(tool);
  const { name, description, schema: parameters } = tool;
  return safeJson({ type: "function", function: { name, description, parameters } });
}

/** JSON, or nothing for what is nested too deep. */
export function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "";
  }
}

/** OpenAI's models see a tool as `type name = (_: { … }) => any;`, with descriptions as comments. */
function typeScriptText({ name, description, schema }: ToolDefinition): string {
  const comment = description === "" ? "" : `// ${description}\n`;
  return `${comment}type ${name} = (_: ${typeText(schema, 0)}) => any;\n\n`;
}

type Schema = Readonly<Record<string, unknown>>;

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Deeper schemas than any real one are not followed. */
const DEEPEST = 24;

function typeText(schema: unknown, depth: number): string {
  if (!isSchema(schema) || depth > DEEPEST) return "any";
  if (Array.isArray(schema.enum)) return schema.enum.map(safeJson).join(" | ");
  if (schema.const !== undefined) return safeJson(schema.const);
  const variants = [schema.anyOf, schema.oneOf].find((list) => Array.isArray(list));
  if (Array.isArray(variants)) return variants.map((variant) => typeText(variant, depth + 1)).join(" | ");
  if (Array.isArray(schema.type)) return schema.type.join(" | ");
  if (schema.type === "array") return `${typeText(schema.items, depth + 1)}[]`;
  if (isSchema(schema.properties)) return objectText(schema, schema.properties, depth);
  if (schema.type === "integer") return "number";
  return typeof schema.type === "string" ? schema.type : "any";
}

function objectText(schema: Schema, properties: Schema, depth: number): string {
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : [];
  const needed = new Set(required);
  const lines = Object.entries(properties).map(([name, property]) => {
    const about = isSchema(property) ? property : {};
    const comment = typeof about.description === "string" ? `// ${about.description}\n` : "";
    const fallback = about.default === undefined ? "" : ` // default: ${safeJson(about.default)}`;
    return `${comment}${name}${needed.has(name) ? "" : "?"}: ${typeText(property, depth + 1)},${fallback}\n`;
  });
  return `{\n${lines.join("")}}`;
}
