import type { GivenItem } from "./input_list.ts";
import type { ResponseBody } from "./response_types.ts";

/**
 * The conversation up to and with a response: what a later request names with `previous_response_id`, and what is then
 * given as `KeptItems.previous`. Instructions are no part of it: they hold for one request only.
 *
 * @param conversation From `conversationItems`, of the request that the response answers.
 */
export function storedItems(conversation: readonly GivenItem[], response: ResponseBody): readonly unknown[] {
  return [...conversation.map(({ item }) => item), ...response.output];
}
