import type { JsonObject } from "../../src/models/parsers/fields.ts";
import { json } from "../support/answers.ts";
import type { Answer } from "../support/fake_backend.ts";
import { type Call, type FakeModel, type FakeModelInput, FakeServer, hasImage, hasTools } from "./fake_server.ts";

/** What a request wants of a model. */
export type Operation = "chat" | "completion" | "embeddings";

const OPERATIONS: Readonly<Record<string, Operation>> = {
  "/chat/completions": "chat",
  "/completions": "completion",
  "/embeddings": "embeddings",
};

/** What the fakes of servers whose own API is OpenAI's have in common. */
export abstract class FakeOpenAiServer extends FakeServer {
  /** Where OpenAI's paths begin. */
  protected roots(): readonly string[] {
    return ["/v1"];
  }

  /** A model in this server's list. */
  protected abstract entry(model: FakeModel): JsonObject;

  /** What this kind of server has beside OpenAI's paths. */
  protected abstract own(call: Call): Answer | undefined;

  /** How it says no. */
  protected abstract refusal(status: number, message: string): Answer;

  /** How it answers for a model that it does not have. */
  protected abstract unknownModel(call: Call, operation: Operation): Answer;

  /** The words in which it refuses to do this with a model that cannot; undefined when it can. */
  protected lack(model: FakeModel, operation: Operation, body: JsonObject): string | undefined {
    if (operation === "embeddings") return model.embeddings ? undefined : "The model does not support Embeddings API";
    if (model.embeddings) return "The model does not support Chat Completions API";
    if (hasImage(body) && !model.vision) return `${model.name} is not a multimodal model`;
    return hasTools(body) && !model.tools ? `${model.name} does not support tools` : undefined;
  }

  /** The model that a name means. */
  protected find(name: string): FakeModel | undefined {
    return this.models.get(name);
  }

  /** The models of its list. */
  protected listed(_query: URLSearchParams): FakeModel[] {
    return [...this.models.values()];
  }

  protected route(call: Call): Answer | undefined {
    const root = this.roots().find((root) => call.path.startsWith(`${root}/`));
    const path = root === undefined ? "" : call.path.slice(root.length);
    if (call.method === "GET" && path === "/models") {
      return json({ object: "list", data: this.listed(call.query).map((model) => this.entry(model)) });
    }
    const operation = Object.hasOwn(OPERATIONS, path) ? OPERATIONS[path] : undefined;
    return operation !== undefined && call.method === "POST" ? this.#infer(call, operation) : this.own(call);
  }

  #infer(call: Call, operation: Operation): Answer {
    const model = this.find(call.model ?? "");
    if (model === undefined) return this.unknownModel(call, operation);
    const lack = this.lack(model, operation, call.body);
    if (lack !== undefined) return this.refusal(400, lack);
    this.wake(call, model);
    if (operation === "embeddings") return this.embeddings(call, model.name);
    return operation === "completion" ? this.completion(model.name) : this.chat(call, model.name);
  }
}

/** Those of them that have in memory whatever they serve. */
export abstract class FakeResidentServer extends FakeOpenAiServer {
  override add(input: FakeModelInput): FakeModel {
    const model = super.add(input);
    model.loaded = true;
    return model;
  }
}

/** What servers that do not know it give as the time of a model: that of the answer, in seconds. */
export function createdNow(): number {
  return Math.floor(Date.now() / 1000);
}
