import type { PayloadKind } from "./payload.ts";

/** Where a job sends its requests. */
export interface Destination {
  readonly port: number;
  /** Path at this target. */
  readonly path: string;
}

/** As many requests as fit, each connection sending its next one when the last is answered. */
export interface ClosedLoopJob extends Destination {
  readonly kind: "closed_loop";
  readonly connections: number;
  readonly payload: PayloadKind;
  /** Asks for so many models of the catalogue in turn; left out, always for the one bench model. */
  readonly models?: number;
  /** Milliseconds before counting starts. */
  readonly warmupMs: number;
  /** Milliseconds counted. */
  readonly measureMs: number;
}

/** Streams one after another on one connection, timing the first body byte. */
export interface FirstTokenJob extends Destination {
  readonly kind: "first_token";
  readonly measureMs: number;
}

/** What a client of a stream speaks: OpenAI's chat completions, as the mock does, or Anthropic's Messages. */
export type StreamDialect = "chat" | "messages";

/** Many streams at once, timing each event from the mock's write to the client's read. */
export interface StreamsJob extends Destination {
  readonly kind: "streams";
  readonly dialect: StreamDialect;
  readonly streams: number;
  /** Milliseconds over which the streams are opened. */
  readonly rampMs: number;
  /** Milliseconds between all open and the first one counted. */
  readonly settleMs: number;
  readonly measureMs: number;
  /** Milliseconds between the events of a stream. */
  readonly every: number;
}

/** Streams that the client leaves in the middle; the mock notes when it sees that. */
export interface CancelJob extends Destination {
  readonly kind: "cancel";
  readonly count: number;
  /** Request ids count up from here, so that rounds do not mix. */
  readonly firstId: number;
}

/** Model lists one after another on one connection, timing the last byte. */
export interface ListJob extends Destination {
  readonly kind: "list";
  /** How many models each must hold. */
  readonly models: number;
  readonly requests: number;
  /** One list more on the same connection, after a pause in which the models change. */
  readonly last?: { readonly models: number; readonly afterMs: number };
}

export type Job = ClosedLoopJob | FirstTokenJob | StreamsJob | CancelJob | ListJob;

interface Outcome {
  /** Requests sent, counted in the figures or not. */
  readonly requests: number;
  /** Answers that were not a complete 200. */
  readonly errors: number;
  /** What the first of them was. */
  readonly firstError: string | undefined;
}

export interface ClosedLoopResult extends Outcome {
  readonly kind: "closed_loop";
  readonly perSecond: number;
  /** Microseconds; `undefined` when nothing was answered in time. */
  readonly p50: number | undefined;
  readonly p99: number | undefined;
}

export interface FirstTokenResult extends Outcome {
  readonly kind: "first_token";
  /** Milliseconds. */
  readonly p50: number | undefined;
  readonly p99: number | undefined;
}

export interface StreamsResult extends Outcome {
  readonly kind: "streams";
  /** Milliseconds. */
  readonly p50: number | undefined;
  readonly p99: number | undefined;
  /** Events received ÷ events due while measuring. */
  readonly received: number;
}

export interface CancelResult extends Outcome {
  readonly kind: "cancel";
  /** When the client left each stream: id and epoch milliseconds. */
  readonly left: readonly (readonly [number, number])[];
}

export interface ListResult extends Outcome {
  readonly kind: "list";
  /** Milliseconds. */
  readonly p50: number | undefined;
  readonly p99: number | undefined;
  /** Bytes of the last body. */
  readonly bytes: number;
  /** Milliseconds of the last one; `undefined` when there was none. */
  readonly last: number | undefined;
}

export type JobResult = ClosedLoopResult | FirstTokenResult | StreamsResult | CancelResult | ListResult;

/** What {@link Job} comes to. */
export type ResultOf<J extends Job> = Extract<JobResult, { kind: J["kind"] }>;

/** Asks the mock for what it saw since it was last asked. */
export interface TakeCloses {
  readonly kind: "take_closes";
}

/** Has an endpoint of the catalogue list so many models more, as if they had just been put there. */
export interface SetExtraModels {
  readonly kind: "set_extra_models";
  readonly endpoint: number;
  readonly models: number;
}

export type MockQuestion = TakeCloses | SetExtraModels;

/** The mock's answer to {@link TakeCloses}. */
export interface Closes {
  readonly kind: "closes";
  /** Streams whose connection closed before their end: id and epoch milliseconds. */
  readonly closes: readonly (readonly [number, number])[];
  /** Streams being sent now. */
  readonly openStreams: number;
}

/** The mock's answer to {@link SetExtraModels}. */
export interface ExtraModelsSet {
  readonly kind: "extra_models_set";
}

export type MockAnswer = Closes | ExtraModelsSet;

/** Has the catalogue worker measure one round. */
export interface MeasureInProcess {
  readonly kind: "measure_in_process";
}

/** Its answer: figures by metric name. */
export interface InProcessFigures {
  readonly kind: "in_process_figures";
  readonly figures: Readonly<Record<string, number>>;
}

/** Sent once by the mock when it listens. */
export interface Listening {
  readonly kind: "listening";
  readonly port: number;
}

/** Sent once by a worker when it can take a job. */
export interface Ready {
  readonly kind: "ready";
}

/** Sent by a worker whose job threw. */
export interface Failed {
  readonly kind: "failed";
  readonly message: string;
}
