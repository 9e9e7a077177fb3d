/**
 * llama-swap. Follows its documentation (README and `config.example.yaml`) and its server's behaviour: one model in memory
 * at a time, `/running` tells which, and any request that names a model swaps it in.
 * @module
 */
import { bytes, json } from "../support/answers.ts";
import type { Answer } from "../support/fake_backend.ts";
import { type Call, type FakeModel, FakeServer, type FakeServerOptions, hasImage } from "./fake_server.ts";

/** What the servers behind it are asked for through it, with the model in the body. */
const INFERENCE = new Set(["/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/v1/audio/transcriptions"]);

/** A fake llama-swap, with llama-servers behind it. */
export class FakeLlamaSwap extends FakeServer {
  readonly type = "llama-swap";

  private constructor(options: FakeServerOptions) {
    super(options);
  }

  static start(options: FakeServerOptions): Promise<FakeLlamaSwap> {
    return new FakeLlamaSwap(options).open();
  }

  protected route(call: Call): Answer | undefined {
    if (call.method === "POST" && INFERENCE.has(call.path)) return this.#infer(call);
    if (call.path.startsWith("/upstream/")) return this.#upstream(call);
    switch (`${call.method} ${call.path}`) {
      case "GET /":
        return bytes("", { status: 302, headers: { Location: "/ui" } });
      case "GET /health":
        return bytes("OK", { headers: { "Content-Type": "text/plain; charset=utf-8" } });
      case "GET /api/version":
        return json({ version: "190", commit: "abc1234", build_date: "2026-01-01T00:00:00Z" });
      case "GET /v1/models":
        return json({ object: "list", data: [...this.models.values()].map(entry) });
      case "GET /running":
        return json({ running: [...this.models.values()].filter((model) => model.loaded).map(running) });
      case "GET /unload":
        for (const model of this.models.values()) model.loaded = false;
        return bytes("OK", { headers: { "Content-Type": "text/plain; charset=utf-8" } });
    }
    return undefined;
  }

  protected override notFound(): Answer {
    return bytes("404 page not found", { status: 404, headers: { "Content-Type": "text/plain" } });
  }

  #infer(call: Call): Answer {
    if (call.model === undefined) return json({ error: "missing or invalid 'model' key" }, { status: 400 });
    const model = this.models.get(call.model);
    if (model === undefined) return json({ error: `could not find real modelID for ${call.model}` }, { status: 400 });
    // It does not know what a model can do: the model is swapped in, and its server refuses.
    this.wake(call, model);
    if (call.path === "/v1/embeddings") {
      return model.embeddings
        ? this.embeddings(call, call.model)
        : refusal(501, "This server does not support embeddings. Start it with `--embeddings`", "not_supported_error");
    }
    if (hasImage(call.body) && !model.vision) {
      const why = "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj";
      return refusal(500, why, "server_error");
    }
    return call.path === "/v1/completions" ? this.completion(call.model) : this.chat(call, call.model);
  }

  /** `/upstream/MODEL/…` passes any request on to a model's server, which swaps it in. */
  #upstream(call: Call): Answer | undefined {
    const model = [...this.models.values()].find(({ name }) => call.path.startsWith(`/upstream/${name}/`));
    if (model === undefined) return undefined;
    this.load(model);
    return json({ status: "ok" });
  }

  protected override load(model: FakeModel): void {
    for (const other of this.models.values()) if (other !== model) other.loaded = false;
    super.load(model);
  }
}

function refusal(code: number, message: string, type: string): Answer {
  return json({ error: { code, message, type } }, { status: code });
}

function entry(model: FakeModel): Record<string, unknown> {
  const created = Math.floor(Date.now() / 1000);
  return { id: model.name, object: "model", created, owned_by: "llama-swap", ...model.more };
}

function running({ name }: FakeModel): Record<string, unknown> {
  return { model: name, state: "ready", cmd: "llama-server --port 9999", proxy: "http://localhost:9999", ttl: 0 };
}
