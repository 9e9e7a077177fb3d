import net from "node:net";
import tls from "node:tls";
import type { Endpoint } from "../endpoints/endpoint.ts";

/** What opening a connection of our own came to. */
export type ConnectResult = "connected" | "refused" | "timeout";

/** Time limits of a connection check, in ms. */
export interface ConnectLimits {
  readonly connectMs: number;
  /** For https endpoints, from the TCP connection to the finished handshake. */
  readonly tlsMs: number;
}

/**
 * Opens and closes one connection to an endpoint. `fetch` tells nothing of the connect phase: a host that drops every
 * SYN looks like one that thinks long. This tells them apart.
 */
export type ConnectCheck = (endpoint: Endpoint, limits: ConnectLimits) => Promise<ConnectResult>;

/** {@link ConnectCheck} with `node:net`. Endpoints behind a `proxy_url` are taken as connected: the way there differs. */
export const checkConnection: ConnectCheck = (endpoint, limits) => {
  const { transport } = endpoint;
  if (transport.proxyUrl !== undefined) return Promise.resolve("connected");
  const url = new URL(endpoint.origin);
  const secure = url.protocol === "https:";
  const address = transport.unix !== undefined
    ? { path: transport.unix }
    : { host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port) || (secure ? 443 : 80) };
  return new Promise((resolve) => {
    const socket = net.connect(address);
    let handshake: tls.TLSSocket | undefined;
    const finish = (result: ConnectResult) => {
      clearTimeout(timer);
      handshake?.destroy();
      socket.destroy();
      resolve(result);
    };
    let timer = setTimeout(() => finish("timeout"), limits.connectMs);
    socket.on("error", () => finish("refused"));
    socket.once("connect", () => {
      if (!secure) return finish("connected");
      clearTimeout(timer);
      timer = setTimeout(() => finish("timeout"), limits.tlsMs);
      // Only the handshake's progress matters here; whether the certificate is good is fetch's to say.
      handshake = tls.connect({
        socket,
        servername: transport.tls?.serverName ?? url.hostname,
        rejectUnauthorized: false,
      });
      handshake.once("secureConnect", () => finish("connected"));
      handshake.on("error", () => finish("connected"));
    });
  });
};
