import { json } from "../support/answers.ts";
import { FakeLlm, friendly } from "../support/fake_llm.ts";
import type { LiteLlmModel } from "../support/litellm.ts";

/** The vector that the provider behind LiteLLM answers every embedding with. */
export const VECTOR: readonly number[] = [0.25, -0.5, 1];

/** What LiteLLM says without asking anyone. */
function mocked(name: string, model: string, answer: string): LiteLlmModel {
  const cloud = model.startsWith("bedrock/") ? { aws_region_name: "us-east-1" } : { api_key: "sk-not-used" };
  return { model_name: name, litellm_params: { model, mock_response: answer, ...cloud } };
}

/** What LiteLLM must ask its provider for. */
function provided(name: string, provider: FakeLlm): LiteLlmModel {
  return {
    model_name: name,
    litellm_params: { model: `openai/${name}`, api_key: "sk-x", api_base: `${provider.url}/v1` },
  };
}

/** A provider on loopback that counts what LiteLLM asks of it. */
export function startProvider(): Promise<FakeLlm> {
  const chat = friendly("provider");
  const data = [{ object: "embedding", index: 0, embedding: VECTOR }];
  const usage = { prompt_tokens: 1, total_tokens: 1 };
  const vectors = json({ object: "list", model: "text-embedding-local", data, usage });
  return FakeLlm.start({
    name: "provider",
    kind: "openai",
    models: ["through", "text-embedding-local"],
    inference: (exchange) => (exchange.request.target.endsWith("/embeddings") ? vectors : chat)(exchange),
  });
}

/** The models of LiteLLM's page, answered by LiteLLM itself, and two that it asks the provider for. */
export function litellmModels(provider: FakeLlm): LiteLlmModel[] {
  return [
    mocked("gpt-4", "openai/gpt-4", "plain answer"),
    mocked("gpt-3.5-turbo", "openai/gpt-3.5-turbo", "an answer that comes in several pieces"),
    mocked("openai/gpt-4", "openai/gpt-4", "answer of OpenAI"),
    mocked("anthropic/claude-3-opus-20240229", "anthropic/claude-3-opus-20240229", "answer of Anthropic"),
    mocked("bedrock/anthropic.claude-3-sonnet", "bedrock/anthropic.claude-3-sonnet", "answer of Bedrock"),
    mocked("failing", "openai/gpt-4", "litellm.InternalServerError"),
    provided("through", provider),
    provided("text-embedding-local", provider),
  ];
}
