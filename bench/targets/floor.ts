import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { childEnv } from "../children.ts";
import type { Target } from "./target.ts";

/**
 * The floor, compiled with the flags of olla's own build, so that memory and start are compared like with like.
 *
 * @throws when it does not compile
 */
export function buildFloor(root: string, directory: string): Target {
  const file = join(directory, "floor");
  const flags = ["--compile", "--minify", "--no-compile-autoload-bunfig", "--no-compile-autoload-dotenv"];
  const args = ["build", ...flags, join(root, "bench", "floor.ts"), "--outfile", file];
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
