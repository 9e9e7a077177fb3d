import type {
  OutputItem,
  OutputLogprob,
  OutputRefusal,
  OutputText,
  ReasoningText,
  ResponseBody,
  SummaryText,
} from "./response_types.ts";

/** Says which output item an event is about. */
interface OfItem {
  readonly item_id: string;
  readonly output_index: number;
}

interface OfPart extends OfItem {
  readonly content_index: number;
}

interface OfSummary extends OfItem {
  readonly summary_index: number;
}

type Lifecycle = "created" | "in_progress" | "completed" | "incomplete" | "failed";

/** An event that tells something of the output. */
export type OutputEvent =
  | {
    readonly type: "response.output_item.added" | "response.output_item.done";
    readonly output_index: number;
    readonly item: OutputItem;
  }
  | (OfPart & {
    readonly type: "response.content_part.added" | "response.content_part.done";
    readonly part: OutputText | OutputRefusal | ReasoningText;
  })
  | (OfPart & {
    readonly type: "response.output_text.delta";
    readonly delta: string;
    readonly logprobs: OutputLogprob[];
  })
  | (OfPart & { readonly type: "response.output_text.done"; readonly text: string; readonly logprobs: OutputLogprob[] })
  | (OfPart & { readonly type: "response.refusal.delta"; readonly delta: string })
  | (OfPart & { readonly type: "response.refusal.done"; readonly refusal: string })
  | (OfPart & { readonly type: "response.reasoning_text.delta"; readonly delta: string })
  | (OfPart & { readonly type: "response.reasoning_text.done"; readonly text: string })
  | (OfSummary & {
    readonly type: "response.reasoning_summary_part.added" | "response.reasoning_summary_part.done";
    readonly part: SummaryText;
  })
  | (OfSummary & { readonly type: "response.reasoning_summary_text.delta"; readonly delta: string })
  | (OfSummary & { readonly type: "response.reasoning_summary_text.done"; readonly text: string })
  | (OfItem & { readonly type: "response.function_call_arguments.delta"; readonly delta: string })
  | (OfItem & { readonly type: "response.function_call_arguments.done"; readonly arguments: string })
  | (OfItem & { readonly type: "response.custom_tool_call_input.delta"; readonly delta: string })
  | (OfItem & { readonly type: "response.custom_tool_call_input.done"; readonly input: string });

/** An event that tells of the response as a whole. */
export interface LifecycleEvent {
  readonly type: `response.${Lifecycle}`;
  readonly response: ResponseBody;
}

/**
 * The event that makes an SDK raise. OpenAI's SDK for Node does for any event named `error`, the one for Python only for
 * data with a field `error`, and neither does for `response.failed`: hence the same thing twice.
 */
export interface ErrorEvent {
  readonly type: "error";
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
  readonly error: {
    readonly type: string;
    readonly code: string;
    readonly message: string;
    readonly param: string | null;
  };
}

/** What a stream of the Responses API consists of, `sequence_number` apart. */
export type ResponseEvent = OutputEvent | LifecycleEvent | ErrorEvent;

/** Takes the events of the output in their order. */
export type Emit = (event: OutputEvent) => void;
