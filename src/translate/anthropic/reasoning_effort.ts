import { type Field, readField, readNumber, readText } from "./field.ts";

/** Up to how many tokens of thinking count as which effort. Claude Code's three words ask for 4,000, 10,000 and 31,999. */
const LOW_BUDGET = 4096;
const MEDIUM_BUDGET = 16_384;

/** Anthropic's words above "high": OpenAI's own models know more than three words, most local servers do not. */
const HIGHEST: ReadonlySet<string> = new Set(["xhigh", "max"]);

function effortOfBudget(tokens: number): string {
  if (tokens <= LOW_BUDGET) return "low";
  return tokens <= MEDIUM_BUDGET ? "medium" : "high";
}

/**
 * How much a model is to think, in chat completions' word for it.
 *
 * 1. `thinking` disabled: nothing is said, since no word for it is understood everywhere.
 * 2. `output_config.effort`: the same word; `xhigh` and `max` are `high`.
 * 3. `thinking` enabled: from its `budget_tokens`, up to 4,096 `low`, up to 16,384 `medium`, above `high`.
 * 4. Else, adaptive thinking included, nothing: the model decides.
 */
export function reasoningEffort(request: Field): string | undefined {
  const thinking = readField(request, "thinking");
  if (thinking?.value.type === "disabled") return undefined;
  const config = readField(request, "output_config");
  const effort = config === undefined ? undefined : readText(config, "effort");
  if (effort !== undefined && effort !== "") return HIGHEST.has(effort) ? "high" : effort;
  const budget = thinking?.value.type === "enabled" ? readNumber(thinking, "budget_tokens") : undefined;
  return budget === undefined ? undefined : effortOfBudget(budget);
}
