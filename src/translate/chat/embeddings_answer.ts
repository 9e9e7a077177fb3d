import { AnswerError, malformed } from "./chat_ending.ts";
import { objectOf, objectsOf, textOf } from "./json_object.ts";
import { usageOf } from "./token_counts.ts";
import { backendErrorIn } from "./upstream_error.ts";

/** What an embeddings answer says. */
export interface Embeddings {
  /** In the order of the inputs. */
  readonly vectors: readonly (readonly number[])[];
  /** As the backend calls it; empty when it does not say. */
  readonly model: string;
  /** 0 when the backend counted nothing. */
  readonly inputTokens: number;
}

const FLOAT_BYTES = 4;

/** 32-bit floats, the lowest byte first, as base64: what OpenAI's SDKs ask for by default. */
function floatsOf(base64: string): number[] | undefined {
  const bytes = Uint8Array.from(decoded(base64), (char) => char.charCodeAt(0));
  if (bytes.length === 0 || bytes.length % FLOAT_BYTES !== 0) return undefined;
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length / FLOAT_BYTES }, (_, i) => view.getFloat32(i * FLOAT_BYTES, true));
}

/** One character per byte; empty when the text is no base64. */
function decoded(base64: string): string {
  try {
    return atob(base64);
  } catch {
    return "";
  }
}

function vectorOf(value: unknown): readonly number[] {
  const numbers: unknown = typeof value === "string" ? floatsOf(value) : value;
  if (!Array.isArray(numbers) || !numbers.every((number) => Number.isFinite(number))) {
    throw malformed("The backend's answer has an embedding that is no list of numbers");
  }
  return numbers;
}

/**
 * What an embeddings answer says, whether its vectors are lists of numbers or base64.
 *
 * @throws {AnswerError} It reports an error, has no embeddings, or one that cannot be read.
 */
export function embeddingsOf(json: unknown): Embeddings {
  const answer = objectOf(json);
  if (answer === undefined) throw malformed("The backend's answer is not a JSON object");
  const failure = backendErrorIn(answer);
  if (failure !== undefined) throw new AnswerError({ kind: "error", error: failure });
  if (!Array.isArray(answer["data"])) throw malformed("The backend's answer has no embeddings");
  const entries = objectsOf(answer["data"]).map((entry, i) => ({
    place: typeof entry["index"] === "number" ? entry["index"] : i,
    vector: vectorOf(entry["embedding"]),
  }));
  entries.sort((a, b) => a.place - b.place);
  return {
    vectors: entries.map((entry) => entry.vector),
    model: textOf(answer["model"]) ?? "",
    inputTokens: usageOf(answer["usage"])?.inputTokens ?? 0,
  };
}
