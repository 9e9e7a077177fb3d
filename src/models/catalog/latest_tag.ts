import type { DiscoveredModel } from "../model.ts";

const LATEST = ":latest";

/** `x:latest` for `x`, and `x` for `x:latest`. */
export function otherTagForm(name: string): string {
  return name.endsWith(LATEST) ? name.slice(0, -LATEST.length) : name + LATEST;
}

/**
 * Whether this model is called `x:latest`, and its server takes `x` for the same, as Ollama does.
 *
 * @param folded Its id in lower case.
 */
export function isLatestOfShort(model: DiscoveredModel, folded: string): boolean {
  if (!folded.endsWith(LATEST)) return false;
  const short = otherTagForm(folded);
  if (short === "" || short.endsWith(LATEST)) return false;
  return model.aliases?.some((alias) => alias.toLowerCase() === short) === true;
}
