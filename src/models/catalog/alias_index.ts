import { otherTagForm } from "./latest_tag.ts";
import type { ModelCopy } from "../model.ts";

/** A name that an endpoint accepts for a model that it lists under another one. */
export interface Alias {
  /** As the endpoint writes it. */
  readonly name: string;
  readonly copy: ModelCopy;
}

const NONE: readonly never[] = [];

/**
 * The other names that endpoints accept for their models, in no order. `x` for `x:latest` and the other way round are left
 * out: every model of Ollama has one of them, and whoever looks for `x` can look for `x:latest` as well.
 */
export class AliasIndex {
  /** By folded name. */
  readonly #aliases = new Map<string, Alias[]>();

  add(copy: ModelCopy): void {
    for (const { key, name } of indexed(copy)) {
      const known = this.#aliases.get(key);
      if (known === undefined) this.#aliases.set(key, [{ name, copy }]);
      else known.push({ name, copy });
    }
  }

  /** @param copy The very object that was added. */
  remove(copy: ModelCopy): void {
    for (const { key } of indexed(copy)) {
      const left = this.#aliases.get(key)?.filter((alias) => alias.copy !== copy) ?? [];
      if (left.length > 0) this.#aliases.set(key, left);
      else this.#aliases.delete(key);
    }
  }

  /** @param folded In lower case. */
  get(folded: string): readonly Alias[] {
    return this.#aliases.get(folded) ?? [];
  }
}

function indexed({ model }: ModelCopy): readonly { readonly key: string; readonly name: string }[] {
  const { id, aliases } = model;
  if (aliases === undefined) return NONE;
  const folded = id.toLowerCase();
  const found: { key: string; name: string }[] = [];
  for (const name of aliases) {
    const key = name.toLowerCase();
    if (otherTagForm(key) !== folded) found.push({ key, name });
  }
  return found;
}
