import { LRUCache } from "lru-cache";

/** Collections whose members live on the server that made them. */
const COLLECTIONS: ReadonlySet<string> = new Set([
  "assistants",
  "batches",
  "containers",
  "conversations",
  "files",
  "responses",
  "threads",
  "uploads",
  "vector_stores",
  "videos",
]);

/** How many ids are remembered; the least recently used goes first. */
const MAX_IDS = 50_000;

/** The id in a path such as `/v1/files/{id}/content`; undefined for other paths. */
export function storedIdOf(path: string): string | undefined {
  const [, collection, id] = /^(?:\/v1)?\/([a-z_]+)\/([^/]+)/.exec(path) ?? [];
  return collection !== undefined && COLLECTIONS.has(collection) && id !== "input_tokens" ? id : undefined;
}

/** True when an answer to this request carries the id of something the backend keeps. */
export function createsStored(method: string, path: string): boolean {
  if (method !== "POST") return false;
  const [, collection] = /^(?:\/v1)?\/([a-z_]+)$/.exec(path) ?? [];
  return collection !== undefined && COLLECTIONS.has(collection);
}

/**
 * The response that a request for another one follows (`previous_response_id`), found without parsing the body: inside of
 * strings the quotes would be escaped.
 */
export function followedResponse(bytes: Uint8Array): string | undefined {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = body.indexOf('"previous_response_id"');
  if (at === -1) return undefined;
  const near = body.toString("latin1", at, at + 600);
  return /^"previous_response_id"\s*:\s*"([^"\\]{1,256})"/.exec(near)?.[1];
}

/** Which endpoint issued which id: a file uploaded to one server is unknown to the others. */
export class StoredIds {
  readonly #endpoints = new LRUCache<string, string>({ max: MAX_IDS });

  /** The endpoint that issued an id; undefined when it is not known (any more). */
  endpointOf(id: string): string | undefined {
    return this.#endpoints.get(id);
  }

  /**
   * Remembers the first id in the start of an answer: the object's own in JSON, the response's in its first event.
   *
   * @param start The first bytes of the answer, decoded.
   */
  note(start: string, endpoint: string): void {
    const id = /"id"\s*:\s*"([^"\\]{1,256})"/.exec(start)?.[1];
    if (id !== undefined) this.#endpoints.set(id, endpoint);
  }
}
