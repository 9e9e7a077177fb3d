import type { ListedLine } from "../listing/listed_model.ts";

/** An object of a list, ready for JSON; undefined fields are left out of it. */
export type ListItem = Readonly<Record<string, unknown>>;

/** How a list of models is written. Pure: the same lines give the same text. */
export interface ListFormat {
  /** As `format=` has it. */
  readonly name: string;
  /** Fields of the whole beside the lists. */
  readonly head: Readonly<Record<string, string>>;
  /** The lists, by the field that holds them, and how a line looks there. */
  readonly lists: Readonly<Record<string, (line: ListedLine) => ListItem>>;
  /** A model by itself, as `…/models/{id}` answers. */
  readonly single: (line: ListedLine) => ListItem;
  /** True when a model is shown once, whatever its names. */
  readonly oncePerModel: boolean;
  /** Whether it tells what is in memory. */
  readonly showsLoaded: boolean;
}

/** A format like OpenAI's: `{"object":"list","data":[…]}`. */
export function dataFormat(
  name: string,
  single: (line: ListedLine) => ListItem,
  more: Partial<Pick<ListFormat, "oncePerModel" | "showsLoaded">> = {},
): ListFormat {
  return {
    ...more,
    name,
    head: { object: "list" },
    lists: { data: single },
    single,
    oncePerModel: more.oncePerModel ?? false,
    showsLoaded: more.showsLoaded ?? false,
  };
}

/** A format like Ollama's: `{"models":[…]}`. */
export function modelsFormat(name: string, single: (line: ListedLine) => ListItem, showsLoaded: boolean): ListFormat {
  return { name, head: {}, lists: { models: single }, single, oncePerModel: false, showsLoaded };
}

/** One answer that the clients of several formats can read. Where they name a field alike, the last one counts. */
export function joinFormats(formats: readonly ListFormat[]): ListFormat {
  const [first] = formats;
  if (first !== undefined && formats.every((format) => format === first)) return first;
  const lists: Record<string, (line: ListedLine) => ListItem> = {};
  for (const format of formats) {
    for (const [field, item] of Object.entries(format.lists)) {
      const before = lists[field];
      lists[field] = before === undefined ? item : (line) => ({ ...before(line), ...item(line) });
    }
  }
  return {
    name: formats.map(({ name }) => name).join("+"),
    head: Object.assign({}, ...formats.map(({ head }) => head)),
    lists,
    single: (line) => Object.assign({}, ...formats.map(({ single }) => single(line))),
    oncePerModel: false,
    showsLoaded: formats.some(({ showsLoaded }) => showsLoaded),
  };
}
