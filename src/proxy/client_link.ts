/** What the log shows for a request whose client left; the client itself sees nothing of it. */
export const CLIENT_GONE_STATUS = 499;

/**
 * The client's side of a request. One listener for the whole request; whatever runs now (an attempt, a wait, a stream)
 * puts its own way of stopping into `onGone`.
 */
export class ClientLink {
  /** True once the client has left. */
  gone: boolean;
  /** Called once, when the client leaves. */
  onGone: (() => void) | undefined;

  constructor(signal: AbortSignal) {
    this.gone = signal.aborted;
    signal.addEventListener("abort", () => {
      this.gone = true;
      this.onGone?.();
    }, { once: true });
  }

  /** Waits, but no longer than the client does. */
  async sleep(ms: number): Promise<void> {
    if (this.gone) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.onGone = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.onGone = undefined;
  }
}
