import type { Socket } from "bun";

/** Writes to a raw socket in order, keeping what the kernel does not take yet. One per connection. */
export class SocketWriter {
  #waiting: Uint8Array[] = [];

  /** Sends `bytes` now or when the socket drains. `bytes` must not change afterwards. */
  write(socket: Socket<unknown>, bytes: Uint8Array): void {
    if (this.#waiting.length > 0) {
      this.#waiting.push(bytes);
      return;
    }
    const written = Math.max(0, socket.write(bytes));
    if (written < bytes.length) this.#waiting.push(bytes.subarray(written));
  }

  /** To be called from the socket's `drain`. */
  drain(socket: Socket<unknown>): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const bytes of waiting) this.write(socket, bytes);
  }
}
