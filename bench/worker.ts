import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Child, childEnv, type Children } from "./children.ts";
import type { Failed } from "./messages.ts";

/** A helper process that answers one message at a time. */
export interface Worker<Question, Answer> {
  readonly child: Child;
  /**
   * Asks and waits.
   *
   * @throws when the worker says that it failed, dies, or does not answer within `limitMs`
   */
  ask(question: Question, limitMs: number): Promise<Answer>;
}

const START_MS = 10_000;

/**
 * Starts `file` (beside this one) as a worker and waits for the message that it sends when it is ready.
 *
 * @throws when it is not ready within 10 seconds
 */
export async function startWorker<Question extends object, Answer, First>(
  children: Children,
  file: string,
): Promise<{ readonly worker: Worker<Question, Answer>; readonly first: First }> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [], {
    env: childEnv(),
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const adopted = children.adopt(file, child, () => "");
  let settle = (_message: unknown): void => {};
  child.on("message", (message) => settle(message));
  child.on("exit", (code) => settle({ kind: "failed", message: `${file} ended unexpectedly (code ${code})` }));

  const next = <Message>(limitMs: number): Promise<Message> =>
    new Promise<Message>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${file} did not answer within ${limitMs} ms`)), limitMs);
      settle = (message) => {
        clearTimeout(timer);
        settle = () => {};
        if (isFailed(message)) reject(new Error(message.message));
        // Our own worker: it sends what its declared type says.
        else resolve(message as Message);
      };
    });

  const first = await next<First>(START_MS);
  const ask = (question: Question, limitMs: number): Promise<Answer> => {
    const answer = next<Answer>(limitMs);
    child.send(question);
    return answer;
  };
  return { first, worker: { child: adopted, ask } };
}

function isFailed(message: unknown): message is Failed {
  return typeof message === "object" && message !== null && "kind" in message && message.kind === "failed";
}
