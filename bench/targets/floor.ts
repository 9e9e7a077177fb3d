import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { childEnv } from "../children.ts";
import type { Target } from "./target.ts";

/** The flags of build.ts that change how a program runs. */
const FLAGS = [
  "--compile",
  "--minify",
  "--keep-names",
  "--bytecode",
  "--format=esm",
  "--no-compile-autoload-bunfig",
  "--no-compile-autoload-dotenv",
  "--no-compile-autoload-tsconfig",
  "--no-compile-autoload-package-json",
];

/**
 * The floor, compiled as olla's own build does, so that memory and start are compared like with like.
 *
 * @throws when it does not compile
 */
export function buildFloor(root: string, directory: string): Target {
  const file = join(directory, "floor");
  const args = ["build", ...FLAGS, join(root, "bench", "floor.ts"), "--outfile", file];
  const built = spawnSync(process.execPath, args, { cwd: root, env: childEnv(), encoding: "utf8" });
  if (built.status !== 0) throw new Error(`Cannot compile bench/floor.ts:\n${built.stdout}${built.stderr}`);
  return {
    name: "floor",
    chatPath: "/v1/chat/completions",
    readyPath: "/v1/models",
    launch: ({ children, directory, backendPort }, port) =>
      children.start({
        name: "floor",
        command: [file, String(port), `http://127.0.0.1:${backendPort}`],
        cwd: directory,
        logFile: join(directory, "floor.log"),
        // Bun's fetch runs 256 requests at once otherwise and lets the rest wait.
        env: { BUN_CONFIG_MAX_HTTP_REQUESTS: "65535" },
      }),
  };
}
