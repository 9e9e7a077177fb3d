import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { childEnv } from "../children.ts";
import type { OllaChoice } from "../options.ts";
import type { BenchEndpoint, Target } from "./target.ts";

/** What the binary is made from; a change in any of these makes it stale. */
const SOURCES = ["src", "profiles", "build.ts", "package.json", "bun.lock"];

/** The mock as a whole, under the name that its kind of server has in a config. */
const MOCK: BenchEndpoint = { name: "mock", path: "", type: "openai-compatible" };

/** olla with everything on: health checks, discovery, limits, access log (to a file, as a service would have it). */
export function olla(root: string, choice: OllaChoice): Target {
  const program = programOf(root, choice);
  const target = (endpoints: readonly BenchEndpoint[]): Target => ({
    name: "olla",
    chatPath: "/v1/chat/completions",
    messagesPath: "/v1/messages",
    readyPath: "/internal/health/ready",
    launch: ({ children, directory, backendPort }, port) => {
      const config = join(directory, `olla-${port}.yaml`);
      writeFileSync(config, ollaConfig(endpoints, backendPort));
      return children.start({
        name: "olla",
        command: [...program, "serve", "-c", config, "--host", "127.0.0.1", "--port", String(port)],
        cwd: directory,
        logFile: join(directory, "olla.log"),
      });
    },
  });
  return { ...target([MOCK]), withEndpoints: (endpoints, firstModel) => ({ ...target(endpoints), firstModel }) };
}

/** The smallest config that a user would write: everything else stays at its default. */
function ollaConfig(endpoints: readonly BenchEndpoint[], backendPort: number): string {
  const entries = endpoints.map(({ name, path, type }) =>
    `  - name: ${name}\n    url: http://127.0.0.1:${backendPort}${path}\n    type: ${type}\n`
  );
  return `endpoints:\n${entries.join("")}`;
}

function programOf(root: string, choice: OllaChoice): [string, ...string[]] {
  switch (choice.kind) {
    case "binary": {
      const path = resolve(choice.path);
      if (!existsSync(path)) throw new Error(`Cannot measure "${path}": no such file`);
      return [path];
    }
    case "source":
      return [process.execPath, join(root, "src", "main.ts")];
    case "built": {
      const binary = join(root, "dist", process.platform === "win32" ? "olla.exe" : "olla");
      if (!isFresh(binary, SOURCES.map((source) => join(root, source)))) build(root);
      return [binary];
    }
  }
}

function build(root: string): void {
  const built = spawnSync(process.execPath, ["build.ts"], { cwd: root, env: childEnv(), encoding: "utf8" });
  if (built.status !== 0) throw new Error(`Cannot build olla with build.ts:\n${built.stdout}${built.stderr}`);
}

/** True when the file exists and is at least as new as every source. */
function isFresh(file: string, sources: readonly string[]): boolean {
  if (!existsSync(file)) return false;
  return Math.max(...sources.map(newest)) <= statSync(file).mtimeMs;
}

/** The latest change in a file or directory, epoch milliseconds; 0 when it does not exist. */
function newest(path: string): number {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
