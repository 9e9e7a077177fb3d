import { formatDuration, parseDuration } from "../lib/durations.ts";

/** What a simulated server can be made to do wrong, and how that is told. */
const FAULTS = {
  refuse: "refuses every connection and ends those it has",
  "503": "answers everything with 503, health checks too",
  cut: "breaks off each streamed answer after a few words",
} as const;

/** One way to fail. */
export type FaultKind = keyof typeof FAULTS;

/** A failure that was asked for. */
export interface Fault {
  readonly how: FaultKind;
  /** How long it lasts, in milliseconds. */
  readonly forMs: number;
}

/** A fault, or what is wrong with the wish for one. */
export type ReadFault =
  | { readonly kind: "fault"; readonly fault: Fault }
  | { readonly kind: "wrong"; readonly problem: string };

const DEFAULT_FOR = "30s";
const LONGEST_MS = 3_600_000;

/** Reads `?how=refuse&for=30s`. Each part may be left out: the server refuses then, and for 30 seconds. */
export function readFault(query: URLSearchParams): ReadFault {
  const how = query.get("how") ?? "refuse";
  if (!isFaultKind(how)) {
    return { kind: "wrong", problem: `how must be one of ${Object.keys(FAULTS).join(", ")}, found "${how}"` };
  }
  const text = query.get("for") ?? DEFAULT_FOR;
  const forMs = parseDuration(text);
  if (forMs === undefined || forMs <= 0 || forMs > LONGEST_MS) {
    const longest = formatDuration(LONGEST_MS);
    return { kind: "wrong", problem: `for must be a duration like 10s or 2m, at most ${longest}, found "${text}"` };
  }
  return { kind: "fault", fault: { how, forMs } };
}

/** What the server does, as the end of a sentence that begins with its name. */
export function describeFault({ how, forMs }: Fault): string {
  return `${FAULTS[how]}, for ${formatDuration(forMs)}`;
}

function isFaultKind(text: string): text is FaultKind {
  return Object.hasOwn(FAULTS, text);
}
