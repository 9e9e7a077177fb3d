import { Buffer } from "node:buffer";

/** Marks what we wrote, so that the encrypted content of another service is never taken for it. */
const MARK = "olla1:";

/**
 * Reasoning as the `encrypted_content` of its item, for a client that asks for it with `include`. Such clients send only
 * that back and leave the text out, and a model that calls tools needs its thoughts again. It hides nothing: the client
 * has the text anyway.
 */
export function carryReasoning(text: string): string {
  return MARK + Buffer.from(text, "utf8").toString("base64");
}

/** The reasoning in an `encrypted_content`; undefined when it is not one of ours. */
export function carriedReasoning(content: unknown): string | undefined {
  if (typeof content !== "string" || !content.startsWith(MARK)) return undefined;
  return Buffer.from(content.slice(MARK.length), "base64").toString("utf8");
}
