import type { ModelListFormat, Profile } from "../../config/profile.ts";
import { DOCKER_FORMAT } from "./docker_model_runner.ts";
import { LEMONADE_FORMAT } from "./lemonade.ts";
import type { ListFormat } from "./list_format.ts";
import { LITELLM_FORMAT } from "./litellm.ts";
import { LLAMACPP_FORMAT } from "./llamacpp.ts";
import { LMDEPLOY_FORMAT } from "./lmdeploy.ts";
import { LMSTUDIO_FORMAT } from "./lmstudio.ts";
import { LMSTUDIO_V1_FORMAT } from "./lmstudio_v1.ts";
import { OLLAMA_FORMAT } from "./ollama.ts";
import { OMLX_FORMAT } from "./omlx.ts";
import { OPENAI_FORMAT } from "./openai.ts";
import { SGLANG_FORMAT } from "./sglang.ts";
import { UNIFIED_FORMAT } from "./unified.ts";
import { VLLM_FORMAT } from "./vllm.ts";
import { VLLM_MLX_FORMAT } from "./vllm_mlx.ts";

/** Every format, in the order in which an error message names them. */
const FORMATS: readonly ListFormat[] = [
  UNIFIED_FORMAT,
  OPENAI_FORMAT,
  OLLAMA_FORMAT,
  LMSTUDIO_FORMAT,
  LMSTUDIO_V1_FORMAT,
  LEMONADE_FORMAT,
  LMDEPLOY_FORMAT,
  SGLANG_FORMAT,
  VLLM_FORMAT,
  LLAMACPP_FORMAT,
  DOCKER_FORMAT,
  VLLM_MLX_FORMAT,
  LITELLM_FORMAT,
  OMLX_FORMAT,
];

const BY_NAME: ReadonlyMap<string, ListFormat> = new Map(FORMATS.map((format) => [format.name, format]));

/** Names of all formats, in a fixed order. */
export const FORMAT_NAMES: readonly string[] = FORMATS.map(({ name }) => name);

/** The format of that name. */
export function formatNamed(name: string): ListFormat | undefined {
  return BY_NAME.get(name);
}

/** A type's list as it is at a path of its server. */
interface PathFormat {
  /** What the path begins with. */
  readonly prefix: string;
  readonly format: ListFormat;
}

/** Servers whose own format is none that clients of OpenAI's API can read, and which therefore have several. */
const SEVERAL: Readonly<Partial<Record<ModelListFormat, readonly PathFormat[]>>> = {
  ollama: [{ prefix: "/v1/", format: OPENAI_FORMAT }],
  lmstudio: [{ prefix: "/v1/", format: OPENAI_FORMAT }, { prefix: "/api/v1/", format: LMSTUDIO_V1_FORMAT }],
};

/** Where Ollama's clients look, also on servers that only offer it beside their own. */
const OLLAMA_LIST = "/api/tags";

/** How a backend of this type writes its list of models at a path of its. */
export function formatAt(profile: Profile, path: string): ListFormat {
  if (path === OLLAMA_LIST) return OLLAMA_FORMAT;
  const { response_format: own, name } = profile;
  const other = SEVERAL[own]?.find(({ prefix }) => path.startsWith(prefix));
  if (other !== undefined) return other.format;
  // A server that is read like OpenAI's may still have a format of its own, as LiteLLM has.
  return (own === "openai" ? BY_NAME.get(name) : BY_NAME.get(own)) ?? OPENAI_FORMAT;
}
