/** More than this many idle controllers are left to the garbage collector. */
const MAX_IDLE = 1024;

/**
 * Abort controllers for requests that nearly always end without an abort. Making one, with its signal, costs about a
 * tenth of a proxied request; a fetch lets go of its signal when it is over, so the next one can have it.
 */
export class ControllerPool {
  readonly #idle: AbortController[] = [];

  /** A controller whose signal has not been aborted. */
  take(): AbortController {
    return this.#idle.pop() ?? new AbortController();
  }

  /**
   * Gives one back. Only when everything that its signal was handed to is over, or an abort would hit a stranger's
   * request. An aborted one is not taken.
   */
  giveBack(controller: AbortController): void {
    if (!controller.signal.aborted && this.#idle.length < MAX_IDLE) this.#idle.push(controller);
  }
}
