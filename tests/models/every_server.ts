import type { FakeModelInput, FakeServer, FakeServerOptions } from "../fakes/fake_server.ts";
import { FakeDockerModelRunner } from "../fakes/docker_model_runner.ts";
import { FakeLemonade } from "../fakes/lemonade.ts";
import { FakeLlamaSwap } from "../fakes/llama_swap.ts";
import { FakeLlamaCpp, FakeLlamaCppRouter } from "../fakes/llamacpp.ts";
import { FakeLmdeploy } from "../fakes/lmdeploy.ts";
import { FakeLmStudio } from "../fakes/lmstudio.ts";
import { FakeOllama } from "../fakes/ollama.ts";
import { FakeOmlx } from "../fakes/omlx.ts";
import { FakeOpenAi } from "../fakes/openai.ts";
import { FakeSglang } from "../fakes/sglang.ts";
import { FakeVllm } from "../fakes/vllm.ts";
import { FakeVllmMlx } from "../fakes/vllm_mlx.ts";

type Start = (options: FakeServerOptions) => Promise<FakeServer>;

/** Every kind of server, and every kind of list that it may have, by the name of its endpoint. */
const KINDS: readonly (readonly [string, Start])[] = [
  ["ollama", (options) => FakeOllama.start(options)],
  ["lm-studio", (options) => FakeLmStudio.start(options)],
  ["lm-studio-v0", (options) => FakeLmStudio.start({ ...options, apis: ["v0"] })],
  ["lm-studio-v1", (options) => FakeLmStudio.start({ ...options, apis: ["v1"] })],
  ["llamacpp", (options) => FakeLlamaCpp.start(options)],
  ["llamacpp-router", (options) => FakeLlamaCppRouter.start(options)],
  ["llama-swap", (options) => FakeLlamaSwap.start(options)],
  ["vllm", (options) => FakeVllm.start(options)],
  ["sglang", (options) => FakeSglang.start(options)],
  ["lmdeploy", (options) => FakeLmdeploy.start(options)],
  ["vllm-mlx", (options) => FakeVllmMlx.start(options)],
  ["lemonade", (options) => FakeLemonade.start(options)],
  ["docker-model-runner", (options) => FakeDockerModelRunner.start(options)],
  ["omlx", (options) => FakeOmlx.start(options)],
  ["openai-compatible", (options) => FakeOpenAi.start(options)],
];

/** One server of each kind. */
export function startEveryServer(models: (kind: string) => readonly FakeModelInput[]): Promise<FakeServer[]> {
  return Promise.all(KINDS.map(([name, start]) => start({ name, models: models(name) })));
}
