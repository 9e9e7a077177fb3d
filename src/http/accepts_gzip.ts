/** A weight as RFC 9110 writes it. */
const WEIGHT = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/**
 * Whether a client takes an answer in gzip: it names it, or `*`, with a weight above 0. What it likes better does not
 * matter, and a weight that is none counts as 0: the plain answer is always right.
 *
 * @param acceptEncoding The header; null for none, which asks for nothing.
 */
export function acceptsGzip(acceptEncoding: string | null): boolean {
  let wildcard = false;
  for (const part of (acceptEncoding ?? "").toLowerCase().split(",")) {
    const [coding = "", ...parameters] = part.split(";").map((text) => text.trim());
    const accepted = weightOf(parameters) > 0;
    if (coding === "gzip" || coding === "x-gzip") return accepted;
    if (coding === "*") wildcard = accepted;
  }
  return wildcard;
}

function weightOf(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const [name = "", value = ""] = parameter.split("=").map((text) => text.trim());
    if (name === "q") return WEIGHT.test(value) ? Number(value) : 0;
  }
  return 1;
}
