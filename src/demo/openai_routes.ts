import { type DemoRoutes, type DemoServer, pickModel, readObject } from "./demo_server.ts";
import { pacedStream } from "./paced_stream.ts";
import { countWords, demoEmbedding, demoReply, lastUserText, splitWords } from "./reply.ts";

/** When the demo models were "made", in seconds since 1970: a constant, so that lists are the same on each call. */
const CREATED = 1_735_689_600;

type Body = Record<string, unknown>;

/** What the two kinds of completion differ in. */
interface Shape {
  readonly idPrefix: string;
  readonly object: string;
  readonly chunkObject: string;
  heard(body: Body): string;
  choice(text: string): Body;
  chunkChoice(text: string | undefined, first: boolean): Body;
}

const CHAT: Shape = {
  idPrefix: "chatcmpl-demo",
  object: "chat.completion",
  chunkObject: "chat.completion.chunk",
  heard: (body) => lastUserText(body["messages"]),
  choice: (text) => ({ message: { role: "assistant", content: text }, finish_reason: "stop" }),
  chunkChoice: (text, first) => ({
    delta: { ...(first ? { role: "assistant" } : {}), ...(text === undefined ? {} : { content: text }) },
    finish_reason: text === undefined ? "stop" : null,
  }),
};

const TEXT: Shape = {
  idPrefix: "cmpl-demo",
  object: "text_completion",
  chunkObject: "text_completion",
  heard: (body) => [body["prompt"]].flat().filter((part) => typeof part === "string").join(" "),
  choice: (text) => ({ text, finish_reason: "stop" }),
  chunkChoice: (text) => ({ text: text ?? "", finish_reason: text === undefined ? "stop" : null }),
};

/** `/v1/{models,chat/completions,completions,embeddings}` and `/health`, as OpenAI-compatible servers have them. */
export function openAiRoutes(server: DemoServer): DemoRoutes {
  let answers = 0;
  return async (request, path) => {
    if (request.method === "GET") return describe(server, path);
    if (request.method !== "POST") return undefined;
    const shape = path === "/v1/chat/completions" ? CHAT : path === "/v1/completions" ? TEXT : undefined;
    if (shape === undefined && path !== "/v1/embeddings") return undefined;
    const picked = pickModel(server, await readObject(request));
    if (picked.kind === "refused") return refusal(picked.status, picked.problem);
    const { model, body } = picked;
    if (shape === undefined) return Response.json(embeddings(model, body));
    return complete(server, shape, model, body, `${shape.idPrefix}-${++answers}`);
  };
}

function describe(server: DemoServer, path: string): Response | undefined {
  const entry = (id: string) => ({ id, object: "model", created: CREATED, owned_by: "olla-demo" });
  if (path === "/health") return Response.json({ status: "ok", demo: true });
  if (path === "/v1/models") return Response.json({ object: "list", data: server.models.map(entry) });
  const id = server.models.find((model) => path === `/v1/models/${model}`);
  return id === undefined ? undefined : Response.json(entry(id));
}

function refusal(status: number, message: string): Response {
  const code = status === 404 ? "model_not_found" : "invalid_request";
  return Response.json({ error: { message, type: "invalid_request_error", param: "model", code } }, { status });
}

function complete(server: DemoServer, shape: Shape, model: string, body: Body, id: string): Response {
  const heard = shape.heard(body);
  const text = demoReply(server.name, heard);
  const [promptWords, answerWords] = [countWords(heard), countWords(text)];
  const usage = {
    prompt_tokens: promptWords,
    completion_tokens: answerWords,
    total_tokens: promptWords + answerWords,
  };
  const head = { id, created: Math.floor(server.now() / 1000), model };
  if (body["stream"] !== true) {
    const choices = [{ index: 0, ...shape.choice(text) }];
    return Response.json({ ...head, object: shape.object, choices, usage });
  }
  const frame = (choices: Body[], more: Body = {}) =>
    `data: ${JSON.stringify({ ...head, object: shape.chunkObject, choices, ...more })}\n\n`;
  const parts = [...splitWords(text), undefined].map((word, index) =>
    frame([{ index: 0, ...shape.chunkChoice(word, index === 0) }])
  );
  const wanted = body["stream_options"];
  const withUsage = typeof wanted === "object" && wanted !== null && "include_usage" in wanted && wanted.include_usage;
  if (withUsage === true) parts.push(frame([], { usage }));
  parts.push("data: [DONE]\n\n");
  const headers = { "content-type": "text/event-stream", "cache-control": "no-cache" };
  const pace = { sleep: server.sleep, delayMs: server.wordDelayMs, isCut: server.isCut };
  return new Response(pacedStream(parts, pace), { headers });
}

function embeddings(model: string, body: Body): Body {
  const inputs = [body["input"]].flat().map((input) => typeof input === "string" ? input : JSON.stringify(input ?? ""));
  const packed = body["encoding_format"] === "base64";
  const data = inputs.map((input, index) => {
    const vector = demoEmbedding(input);
    return { object: "embedding", index, embedding: packed ? base64(vector) : vector };
  });
  const words = inputs.reduce((sum, input) => sum + countWords(input), 0);
  return { object: "list", model, data, usage: { prompt_tokens: words, total_tokens: words } };
}

/** OpenAI's SDK asks for vectors as little-endian 32-bit floats in base64. */
function base64(vector: readonly number[]): string {
  const bytes = new Uint8Array(new Float32Array(vector).buffer);
  return btoa(String.fromCharCode(...bytes));
}
