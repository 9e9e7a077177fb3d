import type { Catalog } from "../catalog/catalog.ts";
import type { ModelAliases } from "./look_alikes.ts";

/**
 * Pure. What is odd about aliases beside the models that there are: those that lead nowhere, that change nothing, or that
 * hide a model. Each in one sentence.
 */
export function aliasHints(catalog: Pick<Catalog, "resolve" | "find" | "closest">, aliases: ModelAliases): string[] {
  return Object.entries(aliases).flatMap(([alias, targets]) => {
    const folded = alias.toLowerCase();
    if (targets.every((target) => target.toLowerCase() === folded)) {
      return [`the alias "${alias}" lists itself only, so it changes nothing`];
    }
    const hints: string[] = [];
    if (targets.every((target) => catalog.resolve(target) === undefined)) {
      const [near] = targets.flatMap((target) => catalog.closest(target, 1));
      const meant = near === undefined ? "" : `; did you mean "${near}"?`;
      hints.push(`the alias "${alias}" leads nowhere: no server that answered has ${either(targets)}${meant}`);
    }
    const model = catalog.find(alias);
    // An alias that lists the model too only adds servers to it.
    const isListed = targets.some((target) => catalog.find(target)?.id === model?.id);
    if (model?.names.includes(alias) === true && !isListed) {
      hints.push(
        `the alias "${alias}" is a model's name too: the alias wins, so requests for "${alias}" never get that model`,
      );
    }
    return hints;
  });
}

function either(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`);
  return quoted.length === 1 ? `${quoted[0]}` : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}
