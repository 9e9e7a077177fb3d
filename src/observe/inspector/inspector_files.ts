import { mkdir, open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** How much may be written, in bytes and files. */
export interface InspectorLimits {
  readonly fileBytes: number;
  readonly dayBytes: number;
  readonly dayFiles: number;
}

/** What the program allows: a day of long conversations, but not a full disk. */
export const INSPECTOR_LIMITS: InspectorLimits = {
  fileBytes: 64 * 1024 * 1024,
  dayBytes: 1024 * 1024 * 1024,
  dayFiles: 10_000,
};

/** What came of writing: `full` when a limit was reached, and the lines are not kept. */
export type WriteOutcome = "written" | "full";

const OWNER_ONLY_DIR = 0o700;
const OWNER_ONLY_FILE = 0o600;

/** The files of one day. */
interface Day {
  readonly name: string;
  /** Sizes by file name. */
  readonly sizes: Map<string, number>;
  bytes: number;
}

/** Appends to `<dir>/<day>/<session>.jsonl`, within limits that also count what was there before. */
export class InspectorFiles {
  readonly #dir: string;
  readonly #limits: InspectorLimits;
  #day: Day | undefined;

  constructor(dir: string, limits: InspectorLimits) {
    this.#dir = dir;
    this.#limits = limits;
  }

  /**
   * Appends lines to a session's file; only its owner can read it. Not to be called again before it is done.
   *
   * @param day As in `2026-01-31`.
   * @throws When the file system does not let it.
   */
  async append(day: string, session: string, lines: string): Promise<WriteOutcome> {
    const today = this.#day?.name === day ? this.#day : await this.#openDay(day);
    this.#day = undefined; // looked at anew after a failure: the folder may be gone
    const { fileBytes, dayBytes, dayFiles } = this.#limits;
    const name = `${session}.jsonl`;
    const bytes = new TextEncoder().encode(lines);
    const size = today.sizes.get(name) ?? 0;
    const isFull = size + bytes.length > fileBytes || today.bytes + bytes.length > dayBytes ||
      (!today.sizes.has(name) && today.sizes.size >= dayFiles);
    if (!isFull) await this.#write(join(this.#dir, day, name), bytes);
    this.#day = today;
    if (isFull) return "full";
    today.sizes.set(name, size + bytes.length);
    today.bytes += bytes.length;
    return "written";
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    const file = await open(path, "a", OWNER_ONLY_FILE);
    try {
      await file.appendFile(bytes);
    } finally {
      await file.close();
    }
  }

  async #openDay(name: string): Promise<Day> {
    const dir = join(this.#dir, name);
    await mkdir(dir, { recursive: true, mode: OWNER_ONLY_DIR });
    const day: Day = { name, sizes: new Map(), bytes: 0 };
    for (const file of await readdir(dir)) {
      const { size } = await stat(join(dir, file));
      day.sizes.set(file, size);
      day.bytes += size;
    }
    return day;
  }
}
