import process from "node:process";
import { launchEnvironment, programArgs, restartWithEnv } from "../runtime.ts";

/** Room in the HTTP parser for headers beyond `max_header_size`, so that olla answers 431 itself. */
export const HEADER_ROOM_BYTES = 16 * 1024 * 1024;

/** Names of removed proxy variables, for the program that takes this one's place. */
const REMOVED_PROXIES = "OLLA_INTERNAL_REMOVED_PROXIES";
/** Process id and number of restarts: an environment that cannot be made right must not restart for ever. */
const RESTARTS = "OLLA_INTERNAL_RESTARTS";
const MAX_RESTARTS = 3;

/** What on a command line says that nothing is to be served, with one or two dashes. */
const NOT_SERVING = /^(?:validate|help|-h|--?(?:help|version|validate-config))$/;

/**
 * Pure. Whether a command line can ask for a gateway. It only looks for the words that ask for something else, since a
 * command line parser takes longer to load than a new start: a wrong guess costs milliseconds, no more.
 */
export function mayServe(args: readonly string[]): boolean {
  return !args.some((arg) => NOT_SERVING.test(arg));
}

/** {@link ensureLaunched} before the command line and the config are read, if it can be about serving. */
export function launchGateway(): void {
  if (process.env.OLLA_SHOW_VERSION !== "true" && mayServe(programArgs)) ensureLaunched(HEADER_ROOM_BYTES);
}

/**
 * Makes sure that the runtime was started with the environment that olla needs, by starting it again in place. Where
 * that cannot be, goes on without what only a new start can give; the proxy variables are gone either way.
 * @param headerRoomBytes How large a request's headers may be for the HTTP parser.
 * @returns Names of proxy variables that were removed.
 */
export function ensureLaunched(headerRoomBytes: number): readonly string[] {
  const { [REMOVED_PROXIES]: handedOn = "", [RESTARTS]: restarts = "", ...given } = process.env;
  const [pid, count] = restarts.split(":");
  const isRestart = pid === String(process.pid); // else inherited from another olla
  const earlier = isRestart ? handedOn.split(",").filter((name) => name !== "") : [];
  const launch = launchEnvironment(given, headerRoomBytes);
  const removed = [...earlier, ...launch.removedProxies];
  const done = isRestart ? Number(count) : 0;
  if (launch.changed && done < MAX_RESTARTS) {
    restartWithEnv({ ...launch.env, [REMOVED_PROXIES]: removed.join(","), [RESTARTS]: `${process.pid}:${done + 1}` });
  }
  for (const name of launch.removedProxies) delete process.env[name];
  process.env[REMOVED_PROXIES] = removed.join(",");
  process.env[RESTARTS] = `${process.pid}:${done}`;
  return removed;
}
