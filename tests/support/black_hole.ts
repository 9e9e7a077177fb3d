import { type ChildProcess, spawn } from "node:child_process";
import net from "node:net";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { eventually } from "./eventually.ts";

/** Far more than any listen queue of a test server holds. */
const MOST_FILLERS = 10_000;

/** Milliseconds after which an unanswered connection attempt shows that the kernel drops them. */
const DROPPED_AFTER_MS = 250;

/**
 * An Ollama-style server in a process of its own that can be turned into a black hole: the process is stopped and its
 * accept queue filled, so that the kernel drops every further SYN without a word. It closes each connection after its
 * answer, so nobody holds one from before.
 */
export class BlackHole implements AsyncDisposable {
  readonly port: number;
  readonly #child: ChildProcess;
  #fillers: net.Socket[] = [];

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /** Starts the server; until {@link BlackHole.freeze} it answers like any other. */
  static async start(options: { name: string; models: readonly string[] }): Promise<BlackHole> {
    const script = fileURLToPath(new URL("./black_hole_server.ts", import.meta.url));
    const child = spawn(process.execPath, [script, JSON.stringify(options)], { stdio: ["ignore", "pipe", "inherit"] });
    let printed = "";
    child.stdout.on("data", (data) => printed += String(data));
    const port = await eventually("the server of the black hole listens", () => Number(printed.trim()) || undefined);
    return new BlackHole(child, port);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** From now on connecting to it neither succeeds nor fails. */
  async freeze(): Promise<void> {
    this.#child.kill("SIGSTOP");
    while (this.#fillers.length < MOST_FILLERS) {
      const socket = net.connect({ port: this.port, host: "127.0.0.1" });
      socket.on("error", () => {});
      this.#fillers.push(socket);
      if (!await connects(socket)) return;
    }
    throw new Error("The accept queue does not fill on this system");
  }

  /** It answers again. */
  thaw(): void {
    for (const socket of this.#fillers.splice(0)) socket.destroy();
    this.#child.kill("SIGCONT");
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#fillers.splice(0)) socket.destroy();
    this.#child.kill("SIGKILL");
    return Promise.resolve();
  }
}

function connects(socket: net.Socket): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), DROPPED_AFTER_MS);
    socket.once("connect", () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
