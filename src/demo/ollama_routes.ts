import { type DemoRoutes, type DemoServer, pickModel, readObject } from "./demo_server.ts";
import { pacedStream } from "./paced_stream.ts";
import { countWords, demoEmbedding, demoReply, lastUserText, splitWords } from "./reply.ts";

/** Facts about the simulated model, in Ollama's words. It has no weights, so its sizes are zero. */
const DETAILS = {
  parent_model: "",
  format: "demo",
  family: "olla-demo",
  families: ["olla-demo"],
  parameter_size: "0",
  quantization_level: "none",
};
const MODIFIED_AT = "2025-01-01T00:00:00Z";
const DIGEST = "0".repeat(64);
const VERSION = "0.0.0-olla-demo";

type Body = Record<string, unknown>;

/** `/`, `/api/{version,tags,ps,show,chat,generate,embed,embeddings}` as Ollama has them. */
export function ollamaRoutes(server: DemoServer): DemoRoutes {
  return async (request, path) => {
    if (request.method === "GET" || request.method === "HEAD") return describe(server, path);
    const handler = request.method === "POST" ? ACTIONS[path] : undefined;
    if (handler === undefined) return undefined;
    const picked = pickModel(server, nameAsModel(await readObject(request)));
    if (picked.kind === "refused") return Response.json({ error: picked.problem }, { status: picked.status });
    return handler(server, picked.model, picked.body);
  };
}

/** Older Ollama clients call the model `name`. */
function nameAsModel(body: Body | undefined): Body | undefined {
  return body === undefined || "model" in body ? body : { ...body, model: body["name"] };
}

function describe(server: DemoServer, path: string): Response | undefined {
  const entry = (model: string) => ({ name: model, model, size: 0, digest: DIGEST, details: DETAILS });
  switch (path) {
    case "/":
      return new Response("Ollama is running", { headers: { "content-type": "text/plain; charset=utf-8" } });
    case "/api/version":
      return Response.json({ version: VERSION });
    case "/api/tags":
      return Response.json({ models: server.models.map((model) => ({ ...entry(model), modified_at: MODIFIED_AT })) });
    case "/api/ps": {
      const expires = new Date(server.now() + 300_000).toISOString();
      const loaded = (model: string) => ({ ...entry(model), expires_at: expires, size_vram: 0 });
      return Response.json({ models: server.models.map(loaded) });
    }
    default:
      return undefined;
  }
}

const ACTIONS: Readonly<Record<string, (server: DemoServer, model: string, body: Body) => Response>> = {
  "/api/show": () =>
    Response.json({
      modelfile: "# A simulated model inside olla",
      parameters: "",
      template: "{{ .Prompt }}",
      details: DETAILS,
      model_info: { "general.architecture": "olla-demo", "olla-demo.context_length": 4096 },
      capabilities: ["completion"],
      modified_at: MODIFIED_AT,
    }),
  "/api/chat": (server, model, body) =>
    generate(server, model, body, lastUserText(body["messages"]), (content) => ({
      message: { role: "assistant", content },
    })),
  "/api/generate": (server, model, body) =>
    generate(server, model, body, String(body["prompt"] ?? ""), (response) => ({ response })),
  "/api/embed": (_server, model, body) => {
    const inputs = [body["input"]].flat().map((input) => String(input ?? ""));
    const words = inputs.reduce((sum, input) => sum + countWords(input), 0);
    return Response.json({ model, embeddings: inputs.map(demoEmbedding), prompt_eval_count: words });
  },
  "/api/embeddings": (_server, _model, body) =>
    Response.json({ embedding: demoEmbedding(String(body["prompt"] ?? "")) }),
};

/** Streams unless the request says `stream: false`, as Ollama does; the last line carries the counts. */
function generate(
  server: DemoServer,
  model: string,
  body: Body,
  heard: string,
  part: (text: string) => Body,
): Response {
  const text = demoReply(server.name, heard);
  const line = (more: Body) => ({ model, created_at: new Date(server.now()).toISOString(), ...more });
  const streamed = body["stream"] !== false;
  const words = countWords(text);
  // Nanoseconds, as Ollama counts; a stream's pauses are the only time an answer here takes.
  const duration = Math.max(1, streamed ? words * server.wordDelayMs : 0) * 1_000_000;
  const last = (said: string) =>
    line({
      ...part(said),
      done: true,
      done_reason: "stop",
      total_duration: duration,
      prompt_eval_count: countWords(heard),
      eval_count: words,
      eval_duration: duration,
    });
  if (!streamed) return Response.json(last(text));
  const parts = [...splitWords(text).map((word) => line({ ...part(word), done: false })), last("")];
  const lines = parts.map((value) => `${JSON.stringify(value)}\n`);
  const headers = { "content-type": "application/x-ndjson" };
  const pace = { sleep: server.sleep, delayMs: server.wordDelayMs, isCut: server.isCut };
  return new Response(pacedStream(lines, pace), { headers });
}
