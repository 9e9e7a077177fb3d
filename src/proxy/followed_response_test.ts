import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { followedResponse } from "./stored_ids.ts";

describe("The response that a request follows", () => {
  const cases: [story: string, body: string, id: string | undefined][] = [
    ["is named", '{"model":"m","previous_response_id" : "resp_1","input":"Hi"}', "resp_1"],
    ["is not named", '{"model":"m","input":"Hi"}', undefined],
    ["is null", '{"previous_response_id":null}', undefined],
    ["is only spoken of", '{"input":"set \\"previous_response_id\\":\\"resp_2\\" there"}', undefined],
    ["is named behind a long text", `{"input":"${"x".repeat(100_000)}","previous_response_id":"resp_3"}`, "resp_3"],
  ];
  for (const [story, body, id] of cases) {
    test(story, () => assert.equal(followedResponse(new TextEncoder().encode(body)), id));
  }
});
