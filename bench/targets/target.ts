import { createConnection, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Child, Children } from "../children.ts";
import type { TargetName } from "../options.ts";
import { chatBody } from "../payload.ts";

/** What a target is started with. */
export interface StartContext {
  readonly children: Children;
  /** A directory of its own, removed after the run. */
  readonly directory: string;
  readonly backendPort: number;
}

/** A way to reach the mock that can be measured. */
export interface Target {
  readonly name: TargetName;
  /** Path of its chat route. */
  readonly chatPath: string;
  /** Path of Anthropic's Messages API, for targets that translate it. */
  readonly messagesPath?: string;
  /** A path that answers 200 as soon as the target can serve. */
  readonly readyPath: string;
  /** Starts the process on `port`; does not wait. Absent for the mock itself, which runs anyway. */
  readonly launch?: (context: StartContext, port: number) => Child;
  /** The model of the first chat request, which tells that the target serves; by default the one bench model. */
  readonly firstModel?: string;
  /** The same program in front of other endpoints; absent where only one way to run it is measured. */
  readonly withEndpoints?: (endpoints: readonly BenchEndpoint[], firstModel: string) => Target;
}

/** An endpoint of a target's config, played by the mock. */
export interface BenchEndpoint {
  readonly name: string;
  /** What comes after the mock's host and port. */
  readonly path: string;
  /** Backend type. */
  readonly type: string;
}

/** A target that serves. */
export interface RunningTarget {
  readonly target: Target;
  readonly port: number;
  readonly child: Child | undefined;
}

/** How long a process took from its start, in milliseconds. */
export interface StartTimes {
  /** Until it accepted a connection. */
  readonly connectMs: number;
  /** Until its ready path answered 200. */
  readonly readyMs: number;
}

const READY_LIMIT_MS = 20_000;
const JSON_TYPE = { "content-type": "application/json" };

/** A port of 127.0.0.1 that nothing listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("Cannot find a free port"));
      else server.close(() => resolve(address.port));
    });
  });
}

/**
 * Starts a target and waits until it serves a chat request.
 *
 * @throws with the end of its log, when it ends or does not serve within 20 seconds
 */
export async function startTarget(
  target: Target,
  context: StartContext,
): Promise<RunningTarget & { readonly times: StartTimes | undefined }> {
  if (target.launch === undefined) return { target, port: context.backendPort, child: undefined, times: undefined };
  const port = await freePort();
  const start = performance.now();
  const child = target.launch(context, port);
  const check = (): void => {
    const late = performance.now() - start > READY_LIMIT_MS;
    if (!child.hasEnded() && !late) return;
    const what = late ? "does not serve the chat route after 20 s" : "ended at its start";
    throw new Error(`Cannot measure ${target.name}: it ${what}. The end of its log:\n${child.lastWords()}`);
  };
  while (!await accepts(port)) {
    check();
    await sleep(0.5);
  }
  const connectMs = performance.now() - start;
  while (!await answersOk(port, target.readyPath)) {
    check();
    await sleep(1);
  }
  const readyMs = performance.now() - start;
  // The models may be found only after the target calls itself ready.
  while (
    !await answersOk(port, target.chatPath, {
      method: "POST",
      body: new Uint8Array(chatBody("small", false, target.firstModel)),
      headers: JSON_TYPE,
    })
  ) {
    check();
    await sleep(20);
  }
  return { target, port, child, times: { connectMs, readyMs } };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: "127.0.0.1", port });
    const end = (accepted: boolean) => (): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once("connect", end(true));
    socket.once("error", end(false));
  });
}

async function answersOk(port: number, path: string, init: RequestInit = {}): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { ...init, signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}
