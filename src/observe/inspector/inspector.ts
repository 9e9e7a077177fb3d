import type { TimerHandle, Timers } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import type { InspectorFiles } from "./inspector_files.ts";
import { redactedJson } from "./redacted_json.ts";

/** Writes translated conversations down, for whoever wants to look into them. */
export interface Inspector {
  /** Notes a client's request. @param session From `inspectorSession`. */
  request(session: string, model: string | undefined, body: unknown): void;
  /** Notes the answer; of a stream the whole message (`MessageRebuilder`). */
  response(session: string, model: string | undefined, body: unknown): void;
  /** Writes what is left, at most so long (ms). Later notes are dropped. */
  close(timeoutMs: number): Promise<void>;
}

export interface InspectorOptions {
  readonly files: Pick<InspectorFiles, "append">;
  readonly log: Pick<Logger, "warn">;
  /** Epoch ms. */
  readonly now: () => number;
  readonly timers: Timers;
  /** Longest entry, in UTF-16 units. @default {1048576} */
  readonly maxEntry?: number;
  /** What may wait to be written, in UTF-16 units; entries beyond it are dropped. @default {16777216} */
  readonly maxWaiting?: number;
}

interface WaitingEntry {
  readonly day: string;
  readonly session: string;
  readonly line: string;
}

type Trouble = "failed" | "slow";

const ADVICE: Readonly<Record<Trouble, string>> = {
  failed:
    "Inspector cannot write: check that olla may write to translators.anthropic.inspector.output_dir, and that the disk has room",
  slow: "Inspector drops entries: they come faster than the disk takes them",
};

const FULL = "Inspector has reached its limit for this day, or for a session: what follows is not written";

/**
 * Makes an inspector. Its notes are written one after the other in the background; no request waits for them, and none
 * fails because of them. Each kind of trouble is logged once, and again only after a write has
 * succeeded, or on another day.
 */
export function createInspector(options: InspectorOptions): Inspector {
  const { files, log, now, timers, maxEntry = 1024 * 1024, maxWaiting = 16 * 1024 * 1024 } = options;
  const waiting: WaitingEntry[] = [];
  const told = new Set<Trouble>();
  let toldFullOn = "";
  let waitingLength = 0;
  let writing: Promise<void> | undefined;
  let isClosed = false;

  function tell(trouble: Trouble, error?: unknown): void {
    if (told.has(trouble)) return;
    told.add(trouble);
    log.warn(ADVICE[trouble], error === undefined ? undefined : { error });
  }

  function tellFull(day: string): void {
    if (toldFullOn === day) return;
    toldFullOn = day;
    log.warn(FULL, { day });
  }

  async function writeAll(): Promise<void> {
    for (let batch = takeBatch(); batch !== undefined; batch = takeBatch()) {
      try {
        const outcome = await files.append(batch.day, batch.session, batch.line);
        if (outcome === "written") told.clear();
        else tellFull(batch.day);
      } catch (error) {
        tell("failed", error);
      }
      waitingLength -= batch.line.length;
    }
    writing = undefined;
  }

  /** The entries at the front that go to the same file, as one. */
  function takeBatch(): WaitingEntry | undefined {
    const first = waiting[0];
    if (first === undefined) return undefined;
    let count = 1;
    while (waiting[count]?.session === first.session && waiting[count]?.day === first.day) count++;
    return { ...first, line: waiting.splice(0, count).map(({ line }) => line).join("") };
  }

  function note(type: "request" | "response", session: string, model: string | undefined, body: unknown): void {
    if (isClosed) return;
    // Refused before it is turned into text: when the disk is slow, that work would be for nothing.
    if (waitingLength >= maxWaiting) return tell("slow");
    const ts = new Date(now()).toISOString();
    const json = redactedJson({ type, ts, model, body }, maxEntry);
    if (json === undefined) return;
    const line = `${json}\n`;
    waiting.push({ day: ts.slice(0, 10), session, line });
    waitingLength += line.length;
    writing ??= Promise.resolve().then(writeAll);
  }

  return {
    request: (session, model, body) => note("request", session, model, body),
    response: (session, model, body) => note("response", session, model, body),
    async close(timeoutMs) {
      isClosed = true;
      if (writing === undefined) return;
      let limit: TimerHandle;
      const late = new Promise<void>((resolve) => limit = timers.start(resolve, timeoutMs));
      await Promise.race([writing, late]);
      timers.stop(limit);
    },
  };
}
