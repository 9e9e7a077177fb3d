import { compact, countOf, objectOf, textOf } from "../../parsers/fields.ts";
import { ollamaCapabilities } from "../../parsers/ollama_capabilities.ts";
import type { ModelFacts } from "./model_facts.ts";

/**
 * Reads Ollama's answer to `POST /api/show` (`api.ShowResponse` in its source). Never throws; what it does not
 * understand is absent.
 */
export function readOllamaShow(json: unknown): ModelFacts {
  const answer = objectOf(json);
  const details = objectOf(answer.details);
  const info = objectOf(answer.model_info);
  const architecture = textOf(info["general.architecture"]);
  return compact<ModelFacts>({
    family: textOf(details.family) ?? architecture,
    format: textOf(details.format),
    parameterSize: textOf(details.parameter_size) ?? parameterSize(countOf(info["general.parameter_count"])),
    quantization: textOf(details.quantization_level),
    // What the model is run with, where its Modelfile says so, else what it was trained for.
    contextLength: numCtx(answer.parameters) ?? countOf(info[`${architecture}.context_length`]),
    capabilities: ollamaCapabilities(answer.capabilities),
  });
}

/** `num_ctx` among the parameters, which are lines of a name, spaces and a value as Go prints it (`8192`, `1e+06`). */
function numCtx(parameters: unknown): number | undefined {
  const value = textOf(parameters)?.match(/^num_ctx[ \t]+(\S+)[ \t]*$/m)?.[1];
  return value === undefined ? undefined : countOf(Number(value));
}

/** As Ollama writes it itself: `8.0B`, `137M`. */
function parameterSize(count: number | undefined): string | undefined {
  if (count === undefined || count < 1e6) return undefined;
  return count >= 1e9 ? `${(count / 1e9).toFixed(1)}B` : `${Math.round(count / 1e6)}M`;
}

/** Whether a line of Ollama's list says all that `/api/show` would. */
export function isComplete(model: ModelFacts): boolean {
  return model.capabilities !== undefined && model.contextLength !== undefined;
}
