const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
const LENGTH = 20;
const POOL_BYTES = 64 * LENGTH;

/** Makes ids such as `req_k2v9…`: `req_` and 20 lower-case letters and digits. */
export function requestIdSource(fill: (bytes: Uint8Array<ArrayBuffer>) => void): () => string {
  const newId = idSource(fill);
  return () => newId("req_");
}

/** Makes random ids of a prefix and 20 lower-case letters and digits. */
export function idSource(fill: (bytes: Uint8Array<ArrayBuffer>) => void): (prefix: string) => string {
  const pool = new Uint8Array(POOL_BYTES);
  let at = POOL_BYTES;
  return function newId(prefix) {
    if (at === POOL_BYTES) {
      fill(pool);
      at = 0;
    }
    let id = prefix;
    for (const end = at + LENGTH; at < end; at++) id += ALPHABET[(pool[at] as number) % ALPHABET.length];
    return id;
  };
}

/** True for a client's `X-Request-ID` that is taken over: 1 to 128 visible ASCII characters. */
export function isValidRequestId(id: string): boolean {
  return /^[\x21-\x7e]{1,128}$/.test(id);
}
