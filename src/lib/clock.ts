/** Something that {@link Timers} started. Opaque. */
export type TimerHandle = unknown;

/** Timers as an argument, so that tests can move time by hand. */
export interface Timers {
  /** Calls `callback` once after `ms` milliseconds. Must not keep the process alive by itself. */
  start(callback: () => void, ms: number): TimerHandle;
  stop(handle: TimerHandle): void;
}

/** The runtime's own timers, unreferenced where it can: they never hold up the end of the process. */
export const realTimers: Timers = {
  start(callback, ms) {
    const handle: unknown = setTimeout(callback, ms);
    if (typeof handle === "object" && handle !== null && "unref" in handle && typeof handle.unref === "function") {
      handle.unref();
    }
    return handle;
  },
  stop(handle) {
    clearTimeout(handle as ReturnType<typeof setTimeout>);
  },
};
