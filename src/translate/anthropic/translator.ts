import { errorEvent, OllaError } from "../../errors.ts";
import { type AnswerFacts, answerFacts, type AnswerWriter, type Translator } from "../translator.ts";
import { translateRequest } from "./request.ts";
import { messageOf } from "./response.ts";
import { MessageStream } from "./stream.ts";
import type { StreamEvent } from "./wire.ts";

/** Events as lines of an event stream. */
function written(events: readonly StreamEvent[]): string {
  let text = "";
  for (const event of events) text += `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
  return text;
}

function anthropicWriter(facts: AnswerFacts): AnswerWriter {
  const stream = new MessageStream(facts);
  return {
    whole(answer) {
      if (answer.kind === "chat") return messageOf(answer.result, facts);
      throw new OllaError(
        "internal",
        "The backend answered a chat request with embeddings. Try again, or another model",
      );
    },
    event: (event) => written(stream.add(event)),
    end: () => written(stream.end()),
    fail: (error, requestId) => errorEvent("anthropic", error, requestId),
  };
}

/** Anthropic's Messages for backends that speak chat completions. */
export const anthropicTranslator: Translator = {
  dialect: "anthropic",
  streamType: "text/event-stream",
  request: translateRequest,
  writer: (context) => anthropicWriter(answerFacts(context)),
};
