/** llama.cpp says "Loading model"; others "model is loading", "warming up", "server is starting". */
const LOADING = /\bloading\b|\bwarming[ _]?up\b|\b(?:is|still) starting\b|\bstarting up\b|\binitiali[sz]ing\b/i;

/** Whether the body of a 503 says that the server is loading its model, and so will serve soon. */
export function saysLoading(text: string): boolean {
  return LOADING.test(text);
}
