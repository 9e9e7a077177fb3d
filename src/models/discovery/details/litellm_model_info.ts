import { CAPABILITIES, type Capability, type StatedCapabilities } from "../../capability.ts";
import { compact, countOf, type JsonObject, nameOf, objectOf, textOf } from "../../parsers/fields.ts";
import type { ModelFacts } from "./model_facts.ts";

/** One deployment: one way in which LiteLLM serves a model. */
export interface LiteLlmDeployment {
  /** The name that clients ask for; several deployments may share it. */
  readonly model: string;
  readonly facts: ModelFacts;
}

/** The rows of LiteLLM's answer to `GET /model/info`, one per deployment; empty when there are none. Never throws. */
export function liteLlmRows(json: unknown): readonly unknown[] {
  const { data } = objectOf(json);
  return Array.isArray(data) ? data : [];
}

/**
 * Reads one row; undefined when it names no model. Never throws. Nothing of `litellm_params`, which tells where the
 * model is served, is taken.
 *
 * LiteLLM fills `model_info` from its price map and from the user's config; what neither says is null or missing, so a
 * `false` is one that somebody wrote down. Only for some providers it guesses: see `GUESSED`.
 */
export function readLiteLlmRow(row: unknown): LiteLlmDeployment | undefined {
  const { model_name, model_info } = objectOf(row);
  const model = nameOf(model_name);
  if (model === undefined) return undefined;
  const info = objectOf(model_info);
  const isGuessed = GUESSED.has(textOf(info.litellm_provider) ?? "");
  const mode = isGuessed ? undefined : textOf(info.mode);
  const facts = compact<ModelFacts>({
    type: mode,
    contextLength: countOf(info.max_input_tokens),
    maxOutputTokens: countOf(info.max_output_tokens),
    inputCostPerToken: costOf(info.input_cost_per_token, isGuessed),
    outputCostPerToken: costOf(info.output_cost_per_token, isGuessed),
    capabilities: capabilitiesOf(info, mode, isGuessed),
  });
  return { model, facts };
}

/**
 * Joins the deployments of one name. LiteLLM picks any of them for a request, so the least counts: the shortest context
 * and answer, the highest price. A capability is there when one deployment says so and none denies it, and it is missing
 * only when all say so; where they differ, a request may be served, so nothing is said.
 */
export function joinDeployments(deployments: readonly ModelFacts[]): ModelFacts {
  const [only] = deployments;
  if (only === undefined) return {};
  if (deployments.length === 1) return only;
  const types = new Set(deployments.map(({ type }) => type));
  return compact<ModelFacts>({
    type: types.size === 1 ? only.type : undefined,
    contextLength: least(deployments.map(({ contextLength }) => contextLength)),
    maxOutputTokens: least(deployments.map(({ maxOutputTokens }) => maxOutputTokens)),
    inputCostPerToken: most(deployments.map(({ inputCostPerToken }) => inputCostPerToken)),
    outputCostPerToken: most(deployments.map(({ outputCostPerToken }) => outputCostPerToken)),
    capabilities: joinCapabilities(deployments.map(({ capabilities }) => capabilities ?? {})),
  });
}

/**
 * Providers for which LiteLLM makes up what it does not know: the mode is always `chat`, prices are 0, and whether an
 * Ollama model takes tools is read off its template, which newer models no longer have. What it affirms may stay.
 */
const GUESSED: ReadonlySet<string> = new Set(["ollama", "ollama_chat", "huggingface"]);

const NO_TEXT: StatedCapabilities = {
  chat: false,
  completion: false,
  tools: false,
  vision: false,
  reasoning: false,
};

/** What LiteLLM's `mode` means. Image models are asked through chat at some providers, so they deny nothing of it. */
const MODES: Readonly<Record<string, StatedCapabilities>> = {
  chat: { chat: true, embeddings: false, rerank: false },
  responses: { chat: true, embeddings: false, rerank: false },
  completion: { completion: true, embeddings: false, rerank: false },
  embedding: { ...NO_TEXT, embeddings: true },
  rerank: { ...NO_TEXT, embeddings: false, rerank: true },
  audio_transcription: { ...NO_TEXT, embeddings: false, audio: true },
  audio_speech: { ...NO_TEXT, embeddings: false, audio: true },
  realtime: { embeddings: false, audio: true },
  image_generation: { embeddings: false, image: true },
  image_edit: { embeddings: false, image: true },
};

const SUPPORTS: readonly (readonly [string, Capability])[] = [
  ["supports_vision", "vision"],
  ["supports_function_calling", "tools"],
  ["supports_reasoning", "reasoning"],
  ["supports_audio_output", "audio"],
  ["supports_audio_input", "audio"],
];

function capabilitiesOf(
  info: JsonObject,
  mode: string | undefined,
  isGuessed: boolean,
): StatedCapabilities | undefined {
  const stated: Partial<Record<Capability, boolean>> = {
    ...(mode !== undefined && Object.hasOwn(MODES, mode) ? MODES[mode] : {}),
  };
  for (const [field, capability] of SUPPORTS) {
    const value = info[field];
    // Audio is one word for both ways: either is enough.
    if (value === true) stated[capability] = true;
    if (value === false && !isGuessed && !(capability === "audio" && stated.audio === true)) stated[capability] = false;
  }
  return Object.keys(stated).length > 0 ? stated : undefined;
}

function joinCapabilities(all: readonly StatedCapabilities[]): StatedCapabilities | undefined {
  const joined: Partial<Record<Capability, boolean>> = {};
  for (const capability of CAPABILITIES) {
    const isAffirmed = all.some((stated) => stated[capability] === true);
    const isDenied = all.some((stated) => stated[capability] === false);
    if (isAffirmed && !isDenied) joined[capability] = true;
    else if (all.every((stated) => stated[capability] === false)) joined[capability] = false;
  }
  return Object.keys(joined).length > 0 ? joined : undefined;
}

function costOf(value: unknown, isGuessed: boolean): number | undefined {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) return undefined;
  return value === 0 && isGuessed ? undefined : value;
}

function least(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

function most(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}
