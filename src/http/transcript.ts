import { createInspector, type Inspector } from "../observe/inspector/inspector.ts";
import { INSPECTOR_LIMITS, InspectorFiles } from "../observe/inspector/inspector_files.ts";
import { inspectorSession } from "../observe/inspector/inspector_session.ts";
import { MessageRebuilder } from "../observe/inspector/message_rebuilder.ts";
import type { Config } from "../config/schema.ts";
import type { Timers } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { AnswerTap } from "../proxy/proxy_request.ts";

/** Writes conversations down for the inspector, where the config wants that. */
export interface Transcripts {
  /** Notes a request; what is given back notes its answer. Never throws. */
  begin(headers: Headers, model: string | undefined, body: Uint8Array | undefined): AnswerTap;
  close(timeoutMs: number): Promise<void>;
}

/** `translators.anthropic.inspector`, as an object of the config. Undefined when it is off. */
export function makeTranscripts(
  { translators }: Config,
  { log, timers }: { readonly log: Logger; readonly timers: Timers },
): Transcripts | undefined {
  const { enabled, output_dir, session_header } = translators.anthropic.inspector;
  if (!enabled) return undefined;
  const inspector = createInspector({
    files: new InspectorFiles(output_dir, INSPECTOR_LIMITS),
    log,
    now: Date.now,
    timers,
  });
  return {
    begin(headers, model, body) {
      const session = inspectorSession(headers, session_header);
      inspector.request(session, model, jsonOf(body));
      return guardedTap(answerTap(inspector, session, model), log);
    },
    close: (timeoutMs) => inspector.close(timeoutMs),
  };
}

function answerTap(inspector: Inspector, session: string, model: string | undefined): AnswerTap {
  const rebuilder = new MessageRebuilder();
  const decoder = new TextDecoder();
  /** What stands for an answer that cannot be read, and in which no secrets could be found. */
  let packed: string | undefined;
  return {
    start(headers) {
      const encoding = headers.get("content-encoding")?.trim().toLowerCase() ?? "";
      if (encoding !== "" && encoding !== "identity") packed = `[compressed: ${encoding}]`;
    },
    whole: (bytes) => inspector.response(session, model, packed ?? jsonOf(bytes)),
    piece(bytes) {
      if (packed === undefined) rebuilder.push(decoder.decode(bytes, { stream: true }));
    },
    end: () => inspector.response(session, model, packed ?? rebuilder.message()),
  };
}

/** Hears no more after its first error, which must not reach the answer. */
export function guardedTap(tap: AnswerTap, log: Pick<Logger, "warn">): AnswerTap {
  let listening: AnswerTap | undefined = tap;
  const tell = (what: (tap: AnswerTap) => void): void => {
    try {
      if (listening !== undefined) what(listening);
    } catch (error) {
      listening = undefined;
      log.warn("Inspector cannot read an answer, and leaves it out", { error: String(error) });
    }
  };
  return {
    start: (headers) => tell((tap) => tap.start(headers)),
    whole: (bytes) => tell((tap) => tap.whole(bytes)),
    piece: (bytes) => tell((tap) => tap.piece(bytes)),
    end: () => tell((tap) => tap.end()),
  };
}

/** JSON, or the text where it is none. */
function jsonOf(bytes: Uint8Array | undefined): unknown {
  if (bytes === undefined) return null;
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
