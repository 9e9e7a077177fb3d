import type { BackendError } from "./upstream_error.ts";

/** An answer that is none: the backend said that it failed, or sent what is no chat answer. */
export type BrokenAnswer =
  | { readonly kind: "error"; readonly error: BackendError }
  /** `message` is a sentence for the client's user. */
  | { readonly kind: "malformed"; readonly message: string };

/** How a backend's answer ended. */
export type ChatEnding =
  /** `[DONE]` came, or the model said why it stopped and the stream was closed after that, or all of a JSON answer. */
  | { readonly kind: "clean" }
  /** The stream was closed while the model was still at work. */
  | { readonly kind: "cut" }
  | BrokenAnswer;

/** Thrown while an answer is read that turns out to be broken. `message` is fit for the client's user. */
export class AnswerError extends Error {
  override readonly name = "AnswerError";
  readonly broken: BrokenAnswer;

  constructor(broken: BrokenAnswer) {
    super(broken.kind === "error" ? broken.error.message : broken.message);
    this.broken = broken;
  }
}

/** The error for an answer that cannot be read; `message` says what is wrong with it. */
export function malformed(message: string): AnswerError {
  return new AnswerError({ kind: "malformed", message });
}
