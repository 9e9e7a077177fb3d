import type { BackendClient } from "../../endpoints/ask_backend.ts";
import type { Endpoint } from "../../endpoints/endpoint.ts";
import type { Logger } from "../../lib/logger.ts";
import type { ModelFacts } from "./details/model_facts.ts";
import type { DiscoveredModel } from "../model.ts";

/** Where one endpoint tells more of its models than its list does, and what it has told so far. */
export interface DetailSource {
  /** What is known beside the list; undefined for nothing. */
  factsOf(model: DiscoveredModel): ModelFacts | undefined;
  /** Asks for what is not known of the listed models, and forgets the others. Never rejects. */
  ask(models: readonly DiscoveredModel[], round: DetailRound): Promise<void>;
}

/** One round of questions. */
export interface DetailRound {
  /** Ends the questions that are on their way. */
  readonly signal: AbortSignal;
  /** Asked before each question: false once the program ends, or the endpoint is gone. */
  readonly isWanted: () => boolean;
  /** Called each time that more is known. */
  readonly onNews: () => void;
}

/** What a source asks with. */
export interface DetailSourceOptions {
  readonly client: BackendClient;
  readonly endpoint: Endpoint;
  /** For each question, in ms. */
  readonly timeoutMs: number;
  readonly logger: Logger;
}
