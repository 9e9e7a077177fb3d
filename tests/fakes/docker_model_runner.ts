/**
 * Docker Model Runner. Follows its REST documentation (`/models`, `/engines/v1/…`) and the paths of the Python package
 * `docker-model-runner` 0.1.2; `/engines/ps` follows the output of `docker model ps`.
 * @module
 */
import type { JsonObject } from "../../src/models/parsers/fields.ts";
import { bytes, json } from "../support/answers.ts";
import type { Answer } from "../support/fake_backend.ts";
import { type Call, type FakeModel, type FakeServerOptions } from "./fake_server.ts";
import { FakeOpenAiServer } from "./openai_server.ts";

const CREATED = 1742816981;

/** A fake Docker Model Runner. `ai/smollm2` and `ai/smollm2:latest` are one model, as for images. */
export class FakeDockerModelRunner extends FakeOpenAiServer {
  readonly type = "docker-model-runner";

  private constructor(options: FakeServerOptions) {
    super(options);
  }

  static start(options: FakeServerOptions): Promise<FakeDockerModelRunner> {
    return new FakeDockerModelRunner(options).open();
  }

  protected override roots(): readonly string[] {
    return ["/engines/v1", "/engines/llama.cpp/v1", "/v1"];
  }

  protected own(call: Call): Answer | undefined {
    switch (`${call.method} ${call.path}`) {
      case "GET /":
        return bytes("Docker Model Runner is running", { headers: { "Content-Type": "text/plain" } });
      case "GET /models":
        return json(this.listed(call.query).map(native));
      case "GET /engines/ps":
        return json(this.listed(call.query).filter((model) => model.loaded).map(running));
    }
    return undefined;
  }

  protected override notFound(): Answer {
    return plain(404, "not found");
  }

  protected entry(model: FakeModel): JsonObject {
    return { id: model.name, object: "model", created: CREATED, owned_by: "docker", ...model.more };
  }

  protected override find(name: string): FakeModel | undefined {
    return [...this.models.values()].find((model) => reference(model.name) === reference(name));
  }

  protected unknownModel(): Answer {
    return plain(404, "error while getting model: model not found");
  }

  protected refusal(status: number, message: string): Answer {
    return plain(status, message);
  }
}

function plain(status: number, text: string): Answer {
  return bytes(`${text}\n`, { status, headers: { "Content-Type": "text/plain; charset=utf-8" } });
}

/** A name with the host and the tag that it means when it has none. */
function reference(name: string): string {
  const hosted = name.startsWith("docker.io/") ? name : `docker.io/${name}`;
  return hosted.lastIndexOf(":") > hosted.lastIndexOf("/") ? hosted : `${hosted}:latest`;
}

function native(model: FakeModel): JsonObject {
  return {
    id: `sha256:${model.digest}`,
    tags: [model.name],
    created: CREATED,
    config: {
      format: "gguf",
      quantization: model.quantization,
      parameters: model.parameterSize,
      architecture: model.family,
      size: `${(model.sizeBytes / 2 ** 20).toFixed(2)} MiB`,
    },
  };
}

function running(model: FakeModel): JsonObject {
  const mode = model.embeddings ? "embedding" : "completion";
  return { backend_name: "llama.cpp", model_name: model.name, mode, last_used: "0001-01-01T00:00:00Z", in_use: false };
}
