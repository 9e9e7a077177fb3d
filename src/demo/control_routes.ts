import type { DemoRoutes } from "./demo_server.ts";
import { describeFault, readFault } from "./fault.ts";
import type { FaultyServer } from "./faulty_server.ts";

/**
 * `POST /demo/fail` makes this server fail, and `POST /demo/recover` ends the faults of all servers: the one that
 * refuses connections could not be told otherwise. Answers are plain text, since people read them in a terminal.
 *
 * @param own The server that has these routes.
 * @param all Every simulated server, this one included.
 */
export function controlRoutes(own: FaultyServer, all: () => readonly FaultyServer[]): DemoRoutes {
  return async (request, path) => {
    if (request.method !== "POST") return undefined;
    if (path === "/demo/recover") {
      await Promise.all(all().map((server) => server.recover()));
      return text(200, "All demo servers are well again.");
    }
    if (path !== "/demo/fail") return undefined;
    const read = readFault(new URL(request.url).searchParams);
    if (read.kind === "wrong") return text(400, read.problem);
    await own.fail(read.fault);
    const reachable = all().find((server) => server.fault !== "refuse");
    const sooner = reachable === undefined ? "" : `\nTo end it sooner: curl -X POST ${reachable.url}/demo/recover`;
    return text(200, `${own.name} ${describeFault(read.fault)}.${sooner}`);
  };
}

/** What a fault does to the requests that come in; put before the routes that would answer them. */
export function faultRoutes(own: FaultyServer): DemoRoutes {
  return async () => {
    // Came before the port was closed: waits without an answer for the end of its connection.
    if (own.fault === "refuse") await own.untilOpen();
    if (own.fault !== "503") return undefined;
    const error = { message: `${own.name} was told to fail`, type: "server_error", param: null, code: "demo_fault" };
    return Response.json({ error }, { status: 503 });
  };
}

function text(status: number, words: string): Response {
  return new Response(`${words}\n`, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
