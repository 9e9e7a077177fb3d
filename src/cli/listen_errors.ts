import type { PortHolder } from "./port_holder.ts";

/** Where olla tried to listen. */
export interface ListenTarget {
  readonly host: string;
  readonly port: number;
  readonly findHolder: (port: number) => PortHolder | undefined;
}

const LAST_PRIVILEGED_PORT = 1023;

/** Codes that mean: this address or port cannot be had, and the user can choose another. */
const LISTEN_CODES = ["EADDRINUSE", "EACCES", "EPERM", "EADDRNOTAVAIL", "EAFNOSUPPORT", "ENOTFOUND", "EAGAIN"];

/** Whether an error of the start is about the address or port to listen on. */
export function isListenError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && LISTEN_CODES.includes(String((error as { code?: unknown }).code));
}

/** What keeps olla from listening, and which flag changes it. */
export function explainListenError(
  error: { readonly code: string; readonly message: string },
  target: ListenTarget,
): string {
  const { host, port } = target;
  const place = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  if (error.code === "EADDRINUSE") {
    const holder = target.findHolder(port);
    // Bun gives this code for a host name that does not resolve as well.
    const why = holder === undefined
      ? `the port is in use by another process, or "${host}" is no address of this machine`
      : `the port is in use by ${holder.name} (process ${holder.pid})`;
    return `Cannot listen on ${place}: ${why}. Choose another port, or any free one: olla --port 0`;
  }
  if (error.code === "EACCES" || error.code === "EPERM") {
    const why = port <= LAST_PRIVILEGED_PORT
      ? `ports below ${LAST_PRIVILEGED_PORT + 1} need more rights`
      : "permission denied";
    return `Cannot listen on ${place}: ${why}. Choose another port: olla --port 40114`;
  }
  if (LISTEN_CODES.includes(error.code)) {
    return `Cannot listen on ${place}: this machine has no such address. Choose another: olla --host localhost, or --host 0.0.0.0 for all`;
  }
  return `Cannot listen on ${place}: ${error.message}`;
}
