/**
 * LMDeploy. Follows the source of version 0.18.0: `lmdeploy/serve/openai/endpoints/{models,management,auxiliary}.py`,
 * `protocol.py` and `errors.py`.
 * @module
 */
import type { JsonObject } from "../../src/models/parsers/fields.ts";
import { json } from "../support/answers.ts";
import type { Answer } from "../support/fake_backend.ts";
import { type Call, type FakeModel, type FakeServerOptions } from "./fake_server.ts";
import { createdNow, FakeResidentServer, type Operation } from "./openai_server.ts";

/** A fake LMDeploy. */
export class FakeLmdeploy extends FakeResidentServer {
  readonly type = "lmdeploy";

  private constructor(options: FakeServerOptions) {
    super(options);
  }

  static start(options: FakeServerOptions): Promise<FakeLmdeploy> {
    return new FakeLmdeploy(options).open();
  }

  protected own(call: Call): Answer | undefined {
    switch (`${call.method} ${call.path}`) {
      case "GET /health":
        return json({ status: "healthy", message: "" });
      case "GET /is_sleeping":
        return json({ is_sleeping: false });
      case "GET /anthropic/v1/models": {
        const data = this.listed(call.query).map(({ name }) => ({ id: name, type: "model", display_name: name }));
        return json({ data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null });
      }
    }
    return undefined;
  }

  protected entry(model: FakeModel): JsonObject {
    return {
      id: model.name,
      object: "model",
      created: createdNow(),
      owned_by: "lmdeploy",
      root: model.name,
      parent: null,
      permission: [{ id: "modelperm-1", object: "model_permission", organization: "*", is_blocking: false }],
      ...model.more,
    };
  }

  protected override lack(model: FakeModel, operation: Operation, body: JsonObject): string | undefined {
    return operation === "embeddings" ? "Unsupported by turbomind." : super.lack(model, operation, body);
  }

  protected unknownModel(call: Call): Answer {
    return this.refusal(404, `The model '${call.model}' does not exist.`);
  }

  protected refusal(status: number, message: string): Answer {
    const type = status === 404 ? "not_found_error" : "invalid_request_error";
    return json({ message, type, code: status, param: null, object: "error" }, { status });
  }
}
