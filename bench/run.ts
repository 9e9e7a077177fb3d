/**
 * `bun run bench`: measures olla against the backend directly, the floor, nginx and a Go olla, in interleaved rounds on
 * loopback, and prints tables and verdicts. See docs/performance.md for what is measured and how to read it.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { arch, cpus, tmpdir, type } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { judgeBars } from "./bars.ts";
import { Children } from "./children.ts";
import type { Job, JobResult, Listening, MockAnswer, MockQuestion, Ready } from "./messages.ts";
import { type BenchOptions, parseOptions, USAGE } from "./options.ts";
import { type CpuTimes, machineLoad, parseCpuTimes, parseOpenFileLimit, readProc } from "./process_stats.ts";
import { formatReport, type Machine, replaceReport, type Run, runToJson } from "./report.ts";
import type { Sample } from "./samples.ts";
import { measure } from "./scenarios/all.ts";
import type { Lab } from "./scenarios/lab.ts";
import { availableTargets } from "./targets/available.ts";
import { startWorker } from "./worker.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Files that a proxy has open per stream: one socket to each side; and some for everything else. */
const SOCKETS_PER_STREAM = 2;
const OTHER_FILES = 250;

/** The scenarios that the open file limit allows. */
function withinFileLimit(options: BenchOptions): BenchOptions {
  const limit = parseOpenFileLimit(readProc("self/limits") ?? "") ?? Number.POSITIVE_INFINITY;
  const needed = options.streams * SOCKETS_PER_STREAM + OTHER_FILES;
  if (limit >= needed || !options.scenarios.includes("streams")) return options;
  say(
    `Leaving out the streams scenario: ${options.streams} streams need ${needed} open files and the limit is ${limit}. ` +
      `Raise it (ulimit -Hn ${needed} as root, or LimitNOFILE) or give --streams ${
        Math.max(1, Math.floor((limit - OTHER_FILES) / SOCKETS_PER_STREAM))
      }.`,
  );
  return { ...options, scenarios: options.scenarios.filter((name) => name !== "streams"), complete: false };
}

/** How long the machine is watched before the run, in milliseconds, and how busy it may be. */
const WATCH_MS = 1000;
const QUIET = 0.1;

const cpuTimes = (): CpuTimes => parseCpuTimes(readProc("stat") ?? "");

/** Share of CPU time that other programs use now. */
async function busyNow(): Promise<number> {
  const before = cpuTimes();
  await sleep(WATCH_MS);
  const { busy } = machineLoad(before, cpuTimes());
  if (busy > QUIET) say(`Other programs use ${Math.round(busy * 100)} % of the CPU: the figures will be noisy.`);
  return busy;
}

function machine(load: Pick<Machine, "busyBefore" | "stolen">): Machine {
  const all = cpus();
  return {
    cpu: arch(),
    cores: all.length,
    system: type(),
    bun: Bun.version,
    ...load,
  };
}

/** Does it all; children are stopped and the temporary directory removed whatever happens. */
async function bench(options: BenchOptions, children: Children, directory: string): Promise<Run> {
  const samples: Sample[] = [];
  const problems: string[] = [];
  const { targets, missing } = availableTargets(options, { root: ROOT, directory, goOlla: process.env.OLLA_GO });
  for (const name of missing) say(`Not measured: ${name}`);
  const mock = await startWorker<MockQuestion, MockAnswer, Listening>(children, "./mock_backend.ts");
  const load = await startWorker<Job, JobResult, Ready>(children, "./load_client.ts");
  const lab: Lab = {
    options,
    context: { children, directory, backendPort: mock.first.port },
    load: load.worker,
    mock: mock.worker,
    record: (sample) => {
      if (sample.value !== undefined) samples.push({ ...sample, value: sample.value });
    },
    problem: (text) => {
      say(`ERROR: ${text}`);
      problems.push(text);
    },
    progress: say,
  };
  const busyBefore = await busyNow();
  const before = cpuTimes();
  await measure(lab, targets);
  const { stolen } = machineLoad(before, cpuTimes());
  return {
    date: new Date().toISOString(),
    machine: machine({ busyBefore, stolen }),
    rounds: options.rounds,
    seconds: options.seconds,
    streams: options.streams,
    targets: targets.map((target) => target.name),
    samples,
    bars: judgeBars(samples, options.streams),
    problems,
  };
}

/** Prints the run and keeps it; only a complete run without errors becomes the latest or enters the document. */
function publish(run: Run, options: BenchOptions): void {
  const report = formatReport(run);
  process.stdout.write(`${report}\n`);
  const results = join(ROOT, "bench", "results");
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, `${run.date.replaceAll(":", "-")}.json`), runToJson(run));
  const sound = options.complete && run.problems.length === 0;
  if (sound) writeFileSync(join(results, "latest.json"), runToJson(run));
  if (!options.docs) return;
  if (!sound) {
    say("docs/performance.md is left as it is: only a complete run without errors goes there.");
    return;
  }
  const document = join(ROOT, "docs", "performance.md");
  writeFileSync(document, replaceReport(readFileSync(document, "utf8"), report));
}

async function main(): Promise<number> {
  const parsed = parseOptions(process.argv.slice(2));
  if (parsed.kind === "help") {
    process.stdout.write(USAGE);
    return 0;
  }
  if (parsed.kind === "invalid") {
    say(`${parsed.message}\n\n${USAGE}`);
    return 2;
  }
  const options = withinFileLimit(parsed.options);
  if (options.scenarios.length === 0) return 1;
  const children = new Children();
  const directory = mkdtempSync(join(tmpdir(), "olla-bench-"));
  const cleanUp = async (): Promise<void> => {
    await children.stopAll();
    rmSync(directory, { recursive: true, force: true });
  };
  for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    process.once(signal, () => void cleanUp().finally(() => process.exit(code)));
  }
  try {
    const run = await bench(options, children, directory);
    publish(run, options);
    return run.problems.length === 0 ? 0 : 1;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return 1;
  } finally {
    await cleanUp();
  }
}

process.exit(await main());
