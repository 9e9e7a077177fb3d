/**
 * Builds the one file that is olla: `bun build.ts [--target bun-linux-arm64] [--outfile PATH]`. Without a target it is for
 * this machine and lands in `dist/olla`; others land in `dist/olla-<target>`.
 * @module
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import packageJson from "./package.json" with { type: "json" };
import { builtInModelFacts } from "./src/config/model_facts_load.ts";
import { builtInProfiles } from "./src/config/profile_load.ts";

const ROOT = fileURLToPath(new URL(".", import.meta.url));
const YAML_MODULES = fileURLToPath(new URL("browser/index.js", import.meta.resolve("yaml/package.json")));

/** What the binary's working directory holds is nobody's business but its user's. */
const ISOLATION = {
  autoloadBunfig: false, // else `./bunfig.toml` runs scripts in it
  autoloadDotenv: false, // else `./.env` changes its settings
  autoloadTsconfig: false,
  autoloadPackageJson: false,
};

/** By how much later code is compiled until olla runs (`endStart`): what runs once is not worth it, and 4 MB smaller. */
const START_JIT_POLICY = 8;

/** What a git command prints. */
function git(...args: string[]): string {
  return execFileSync("git", args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}

/** The commit of the clone, `unknown` outside of one. */
function currentCommit(): string {
  try {
    const commit = git("rev-parse", "--short=12", "HEAD");
    const changes = git("status", "--porcelain", "--untracked-files=no");
    return changes === "" ? commit : `${commit}-modified`;
  } catch {
    return "unknown";
  }
}

/** A build date that can be repeated: `SOURCE_DATE_EPOCH` (seconds) where it is set. */
function buildDate(): string {
  const epoch = process.env.SOURCE_DATE_EPOCH;
  return new Date(epoch === undefined ? Date.now() : Number(epoch) * 1000).toISOString();
}

const { values } = parseArgs({ options: { target: { type: "string" }, outfile: { type: "string" } } });
const suffix = values.target === undefined ? "" : `-${values.target.replace(/^bun-/, "")}`;
const outfile = values.outfile ?? join(ROOT, "dist", `olla${suffix}`);
mkdirSync(dirname(outfile), { recursive: true });
const constants = {
  OLLA_VERSION: packageJson.version,
  OLLA_COMMIT: currentCommit(),
  OLLA_BUILD_DATE: buildDate(),
  OLLA_BUILTIN_MODEL_FACTS: JSON.stringify(builtInModelFacts()),
  OLLA_BUILTIN_PROFILES: JSON.stringify(builtInProfiles()),
};
/** Bun is given the package's CommonJS, all of which would run at every start; its ES modules cost next to nothing. */
const yamlAsModules: Bun.BunPlugin = {
  name: "yaml as ES modules",
  setup: (build) => void build.onResolve({ filter: /^yaml$/ }, () => ({ path: YAML_MODULES })),
};

await Bun.build({
  entrypoints: [join(ROOT, "src/main.ts")],
  compile: {
    outfile,
    ...ISOLATION,
    jitPolicy: START_JIT_POLICY,
    ...(values.target === undefined ? {} : { target: values.target as Bun.Build.CompileTarget }),
  },
  splitting: true, // what is imported when it is needed is also loaded only then
  minify: { whitespace: true, syntax: true, identifiers: true, keepNames: true }, // names stand in stack traces of logs
  bytecode: true, // half the CPU time to start and 2 MB less memory, for 3.5 MB more on disk
  format: "esm",
  plugins: [yamlAsModules],
  define: Object.fromEntries(Object.entries(constants).map(([name, value]) => [name, JSON.stringify(value)])),
});
const built = (values.target ?? process.platform).match(/windows|win32/) !== null && !outfile.endsWith(".exe")
  ? `${outfile}.exe`
  : outfile;
process.stdout.write(`${built} (${(statSync(built).size / 1e6).toFixed(1)} MB)\n`);
