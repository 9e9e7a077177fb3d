import dmr from "../../profiles/dmr.yaml" with { type: "text" };
import lemonade from "../../profiles/lemonade.yaml" with { type: "text" };
import litellm from "../../profiles/litellm.yaml" with { type: "text" };
import llamaSwap from "../../profiles/llama-swap.yaml" with { type: "text" };
import llamacpp from "../../profiles/llamacpp.yaml" with { type: "text" };
import lmdeploy from "../../profiles/lmdeploy.yaml" with { type: "text" };
import lmstudio from "../../profiles/lmstudio.yaml" with { type: "text" };
import ollama from "../../profiles/ollama.yaml" with { type: "text" };
import omlx from "../../profiles/omlx.yaml" with { type: "text" };
import openaiCompatible from "../../profiles/openai-compatible.yaml" with { type: "text" };
import sglang from "../../profiles/sglang.yaml" with { type: "text" };
import vllm from "../../profiles/vllm.yaml" with { type: "text" };
import vllmMlx from "../../profiles/vllm-mlx.yaml" with { type: "text" };

/** A profile that is compiled into the program. */
export interface BuiltinProfile {
  /** As it stands in the repository, and where a user's own file for it would be. */
  readonly file: string;
  readonly text: string;
}

/** The profiles that need no file, in the order in which they claim their prefixes. */
export const BUILTIN_PROFILES: readonly BuiltinProfile[] = [
  { file: "profiles/dmr.yaml", text: dmr },
  { file: "profiles/lemonade.yaml", text: lemonade },
  { file: "profiles/litellm.yaml", text: litellm },
  { file: "profiles/llama-swap.yaml", text: llamaSwap },
  { file: "profiles/llamacpp.yaml", text: llamacpp },
  { file: "profiles/lmdeploy.yaml", text: lmdeploy },
  { file: "profiles/lmstudio.yaml", text: lmstudio },
  { file: "profiles/ollama.yaml", text: ollama },
  { file: "profiles/omlx.yaml", text: omlx },
  { file: "profiles/openai-compatible.yaml", text: openaiCompatible },
  { file: "profiles/sglang.yaml", text: sglang },
  { file: "profiles/vllm.yaml", text: vllm },
  { file: "profiles/vllm-mlx.yaml", text: vllmMlx },
];
