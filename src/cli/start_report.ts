import type { Logger } from "../lib/logger.ts";
import type { Paint } from "../lib/paint.ts";
import {
  exampleCommand,
  exampleModel,
  formatListening,
  formatReady,
  type ListeningFacts,
  type ReadyFacts,
} from "./banner.ts";

/** How the start is told: as a banner for people, else as lines of the log. */
export interface StartReport {
  listening(facts: ListeningFacts): void;
  ready(facts: ReadyFacts): void;
}

/** What {@link makeStartReport} writes to. */
export interface StartReportOptions {
  readonly showBanner: ((text: string) => void) | undefined;
  readonly paint: Paint;
  readonly logger: Logger;
}

/** Tells the same facts in one of two ways. */
export function makeStartReport({ showBanner, paint, logger }: StartReportOptions): StartReport {
  if (showBanner !== undefined) {
    return {
      listening: (facts) => showBanner(formatListening(facts, paint)),
      ready: (facts) => showBanner(formatReady(facts, paint)),
    };
  }
  return {
    listening({ url, version, addresses, configFile, warnings, alarm }) {
      logger.info(`olla listens on ${url}`, { version, addresses, config: configFile ?? "none" });
      for (const warning of warnings) logger.warn(warning);
      if (alarm !== undefined) logger.warn(alarm);
    },
    ready(facts) {
      const model = exampleModel(facts.models);
      const endpoints = facts.endpoints.map(({ name, url, type, status, models }) => ({
        name,
        url,
        type,
        status,
        models,
      }));
      const example = model === undefined ? undefined : exampleCommand(facts, model);
      logger.info("olla has asked its endpoints", { endpoints, models: facts.models.length, try: example });
    },
  };
}
