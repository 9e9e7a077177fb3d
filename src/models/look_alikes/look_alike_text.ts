import type { LookAlike, LookAlikeMember } from "./look_alikes.ts";

/** More are counted only. */
const MOST_NAMED = 3;

/** What a user reads of a group: `"gpt-oss:120b" (on mac) and "gpt-oss-120b" (on gpu) look like one model`. */
export function lookAlikeSentence({ members }: LookAlike): string {
  return `${joined(members.map(memberText), 6)} look like one model`;
}

/** The part of the config file that joins them. */
export function lookAlikeYaml(groups: readonly LookAlike[]): string {
  return ["model_aliases:", ...groups.map((group) => `  ${aliasLine(group)}`)].join("\n");
}

/** One line under `model_aliases`. JSON's texts are YAML's. */
export function aliasLine({ alias, targets }: LookAlike): string {
  return `${yamlKey(alias)}: [${targets.map((target) => JSON.stringify(target)).join(", ")}]`;
}

function memberText({ name, endpoints }: LookAlikeMember): string {
  return `"${name}" (on ${joined(endpoints, MOST_NAMED)})`;
}

function joined(words: readonly string[], most: number): string {
  const shown = words.length > most ? [...words.slice(0, most), `${words.length - most} more`] : words;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

/** Without quotes where no YAML reader could take it for anything but this text. */
function yamlKey(key: string): string {
  const isPlain = /^[a-z][\w.-]*$/i.test(key) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(key);
  return isPlain ? key : JSON.stringify(key);
}
