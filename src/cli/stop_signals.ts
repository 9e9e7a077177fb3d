/** What stopping does. */
export interface StopActions {
  /** Ends gracefully. */
  readonly close: () => Promise<void>;
  /** Ends everything at once. */
  readonly abort: () => void;
  /** Something to tell the user of, in a word. */
  readonly onStopping: (cause: string) => void;
}

/** Stops once, however often it is asked to; asked again, it stops hard. */
export interface Stopper {
  /** @param cause What to tell the user, as in `SIGTERM`. */
  stop(cause: string): void;
  /** Resolves with the exit code when olla has stopped: 0 gracefully, 1 by force. */
  readonly stopped: Promise<0 | 1>;
}

/** Makes a {@link Stopper}: the first call lets running streams end, a second one does not. */
export function makeStopper(actions: StopActions): Stopper {
  let stopping = false;
  let finish: (code: 0 | 1) => void = () => {};
  const stopped = new Promise<0 | 1>((resolve) => finish = resolve);
  return {
    stopped,
    stop(cause) {
      if (stopping) {
        actions.abort();
        finish(1);
        return;
      }
      stopping = true;
      actions.onStopping(cause);
      actions.close().then(() => finish(0), () => finish(1));
    },
  };
}
