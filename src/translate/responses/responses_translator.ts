import type { Translator } from "../translator.ts";
import { requestWith } from "./request.ts";
import { responseWriter } from "./response_writer.ts";

/**
 * OpenAI's Responses API (`POST /v1/responses`), put into chat completions. It keeps no responses; whoever does calls
 * `requestWith`, `responseWriter` and `storedItems` with what is kept.
 */
export const responsesTranslator: Translator = {
  dialect: "openai",
  streamType: "text/event-stream",
  request: (body) => requestWith(body, undefined),
  writer: (context) => responseWriter(context),
};
