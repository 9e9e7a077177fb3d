import type { ItemStatus, OutputItem } from "./response_types.ts";

/** An output item while the model writes it. What is added to it is told at once. */
export interface GrowingItem {
  /** Its place in the output. */
  readonly index: number;
  /** Tells that it is complete; nothing is added after that, and a second call does nothing. */
  close(status: ItemStatus): void;
  /** As it stands. */
  value(): OutputItem;
}
