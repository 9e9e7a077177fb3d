import type { Listener } from "../runtime.ts";

/** Listens on the first address or fails; a further one (`::1` of `localhost`) may be missing on this machine. */
export function listenOnAll(
  hosts: readonly string[],
  port: number,
  listenOn: (host: string, port: number) => Listener,
): readonly Listener[] {
  const listeners: Listener[] = [];
  for (const host of hosts) {
    try {
      // Port 0 takes a free one; the further addresses then take the same.
      listeners.push(listenOn(host, listeners[0]?.port ?? port));
    } catch (error) {
      if (listeners.length === 0 || (error as { code?: string }).code === "EADDRINUSE") {
        for (const listener of listeners) listener.close();
        throw error;
      }
    }
  }
  return listeners;
}
