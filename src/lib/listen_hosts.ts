/**
 * The addresses to listen on for what the user calls the host. `localhost` is both loopback addresses, since clients
 * try either first.
 */
export function listenHosts(host: string): readonly string[] {
  const name = host.trim().toLowerCase().replace(/\.$/, "");
  if (name === "localhost") return ["127.0.0.1", "::1"];
  if (name === "*") return ["0.0.0.0"];
  return [name.replace(/^\[(.*)\]$/, "$1")];
}

/** Whether only programs on this machine can reach the host. */
export function isLoopbackHost(host: string): boolean {
  return listenHosts(host).every((address) => address === "::1" || /^127(\.\d{1,3}){3}$/.test(address));
}

/** A URL to show for a host and port; for all addresses it is one that works on this machine. */
export function shownUrl(host: string, port: number): string {
  const addresses = listenHosts(host);
  const [first = "localhost"] = addresses;
  const name = addresses.length > 1 || first === "0.0.0.0" || first === "::" ? "localhost" : first;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}
