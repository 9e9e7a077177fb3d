/**
 * The process behind `black_hole.ts`: an Ollama-style server that prints its port and closes every connection after
 * one answer. Argument: `{"name": …, "models": […]}`.
 * @module
 */
import process from "node:process";
import type { Answer } from "./fake_backend.ts";
import { FakeLlm } from "./fake_llm.ts";

const { name, models } = JSON.parse(process.argv[2] ?? "{}") as { name: string; models: string[] };
const llm = await FakeLlm.start({ name, models });
const answer = llm.backend.answer;
const closing: Answer = async (exchange) => {
  await answer(exchange);
  exchange.close();
};
llm.backend.answer = closing;
process.stdout.write(`${llm.backend.port}\n`);
