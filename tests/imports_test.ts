import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative, sep } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { findImports, type FoundImport, withoutComments } from "./import_scan.ts";

const SRC = fileURLToPath(new URL("../src/", import.meta.url));

const BELOW_HTTP = [
  ...[
    "errors",
    "runtime",
    "lib",
    "config",
    "endpoints",
    "models",
    "access",
    "routing",
    "translate",
    "proxy",
    "observe",
  ],
  ...["dashboard", "demo"],
];

/**
 * What each place in `src/` may import, itself apart: the layout of the program. Data flows one way; whoever needs a new
 * arrow here has found a seam in the wrong place, or a type that lives too high.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  version: [],
  runtime: ["lib"],
  lib: [],
  config: ["lib", "errors", "runtime"],
  endpoints: ["lib", "errors", "config"],
  models: ["endpoints", "config", "lib", "errors"],
  access: ["config", "lib", "errors", "runtime"],
  routing: ["models", "endpoints", "config", "lib", "errors"],
  translate: ["lib", "errors"],
  proxy: ["routing", "translate", "endpoints", "lib", "errors", "runtime"],
  observe: ["config", "lib", "errors", "runtime"],
  dashboard: [],
  demo: ["lib", "runtime"],
  http: BELOW_HTTP,
  app: [...BELOW_HTTP, "http"],
  cli: ["app", "config", "runtime", "lib", "errors", "version", "observe"],
  main: ["cli"],
};

/** Arrows that exist at type level only: the shape is owned above, the value is handed down. */
const TYPES_ONLY: ReadonlySet<string> = new Set(["runtime -> lib"]);

/** Longest file: beyond it, it holds more than one concept. Tables of test cases may be longer. */
const MAX_LINES = 400;
const MAX_TEST_LINES = 600;

interface SourceFile {
  /** Relative to `src/`, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly FoundImport[];
  readonly isTest: boolean;
}

function sourceFiles(): SourceFile[] {
  return readdirSync(SRC, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => {
      const text = readFileSync(join(SRC, path), "utf8");
      const name = path.split(sep).join("/");
      return { path: name, text, imports: findImports(text), isTest: /(_test|test_support)\.ts$/.test(name) };
    });
}

/** `proxy` for `proxy/pump.ts`, `app` for `app.ts`. */
function placeOf(path: string): string {
  return (path.split("/")[0] ?? path).replace(/\.ts$/, "");
}

/** The imported file relative to `src/`; undefined for packages and for files outside of it. */
function targetOf(file: SourceFile, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const target = relative(SRC, normalize(join(SRC, dirname(file.path), specifier))).split(sep).join("/");
  return target.startsWith("../") ? undefined : target;
}

function forbiddenArrows(file: SourceFile): string[] {
  const from = placeOf(file.path);
  return file.imports.flatMap(({ specifier, typeOnly }) => {
    const target = targetOf(file, specifier);
    if (target === undefined) return [];
    const to = placeOf(target);
    if (to === from) return [];
    if (MAY_IMPORT[from]?.includes(to) !== true) return [`${file.path} imports ${target}`];
    return TYPES_ONLY.has(`${from} -> ${to}`) && !typeOnly ? [`${file.path} imports more than types of ${target}`] : [];
  });
}

/** Circles of imports that exist at run time, each as the list of its files. */
function findCycles(files: readonly SourceFile[]): string[] {
  const edges = new Map(files.map((file) => [
    file.path,
    file.imports.filter((found) => !found.typeOnly).flatMap((found) => targetOf(file, found.specifier) ?? []),
  ]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start !== -1) cycles.push([...trail.slice(start), path].join(" -> "));
    if (start !== -1 || done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return cycles;
}

const files = sourceFiles();
const program = files.filter((file) => !file.isTest);

describe("the layout of src/", () => {
  test("every folder and root file has its place in the table", () => {
    assert.ok(program.length > 0);
    const places = new Set(files.map((file) => placeOf(file.path)));
    assert.deepEqual([...places].filter((place) => MAY_IMPORT[place] === undefined), []);
  });

  test("nothing imports what the table does not allow", () => {
    assert.deepEqual(program.flatMap(forbiddenArrows), []);
  });

  test("no import leads back to where it came from", () => {
    assert.deepEqual(findCycles(program), []);
  });

  test("imports inside the program carry .ts and reach an existing file", () => {
    const paths = new Set(files.map((file) => file.path));
    const broken = files.flatMap((file) =>
      file.imports.flatMap(({ specifier }) => {
        const target = targetOf(file, specifier);
        return target === undefined || paths.has(target) ? [] : [`${file.path}: ${specifier}`];
      })
    );
    assert.deepEqual(broken, []);
  });

  test("only runtime.ts names Bun or Deno", () => {
    const names =
      /\b(?:Bun|Deno)\s*\.\s*\w|["'`](?:bun|bun:[\w-]+)["'`]|\bglobalThis\s*(?:\.|\[\s*["'`])\s*(?:Bun|Deno)\b/;
    const naming = files.filter((file) => file.path !== "runtime.ts" && names.test(withoutComments(file.text)));
    assert.deepEqual(naming.map((file) => file.path), []);
  });

  test("no file is so long that it must hold more than one concept", () => {
    const tooLong = (file: SourceFile) => file.text.split("\n").length - 1 > (file.isTest ? MAX_TEST_LINES : MAX_LINES);
    assert.deepEqual(files.filter(tooLong).map((file) => file.path), []);
  });
});

describe("findImports", () => {
  const cases: [source: string, expected: FoundImport[]][] = [
    ['import { a, b as c } from "./a.ts";', [{ specifier: "./a.ts", typeOnly: false }]],
    ['import type { A } from "./a.ts";', [{ specifier: "./a.ts", typeOnly: true }]],
    ['import { type A, type B } from "./a.ts";', [{ specifier: "./a.ts", typeOnly: true }]],
    ['import { type A, b } from "./a.ts";', [{ specifier: "./a.ts", typeOnly: false }]],
    ['import {\n  a,\n  type B,\n} from "./a.ts";', [{ specifier: "./a.ts", typeOnly: false }]],
    ['import * as v from "valibot";', [{ specifier: "valibot", typeOnly: false }]],
    ['import def, { a } from "./a.ts";', [{ specifier: "./a.ts", typeOnly: false }]],
    ['import text from "../x.yaml" with { type: "text" };', [{ specifier: "../x.yaml", typeOnly: false }]],
    ['import "./effects.ts";', [{ specifier: "./effects.ts", typeOnly: false }]],
    ['export { a } from "./a.ts";', [{ specifier: "./a.ts", typeOnly: false }]],
    ['export * from "./a.ts";', [{ specifier: "./a.ts", typeOnly: false }]],
    ['export type { A } from "./a.ts";', [{ specifier: "./a.ts", typeOnly: true }]],
    ['const m = await import("./a.ts");', [{ specifier: "./a.ts", typeOnly: false }]],
    ['// import { a } from "./a.ts";', []],
    ['/*\nimport { a } from "./a.ts";\n*/', []],
    ['export const a = "./a.ts";', []],
    ['export function f() { return "x"; }', []],
    ['const url = "http://x"; // import "./a.ts"', []],
  ];
  for (const [source, expected] of cases) {
    test(JSON.stringify(source), () => assert.deepEqual(findImports(source), expected));
  }
});

describe("findCycles", () => {
  const file = (path: string, ...imports: FoundImport[]): SourceFile => ({ path, text: "", imports, isTest: false });
  const to = (specifier: string, typeOnly = false): FoundImport => ({ specifier, typeOnly });

  test("finds a circle of three files", () => {
    const circle = [file("lib/a.ts", to("./b.ts")), file("lib/b.ts", to("./c.ts")), file("lib/c.ts", to("./a.ts"))];
    assert.deepEqual(findCycles(circle), ["lib/a.ts -> lib/b.ts -> lib/c.ts -> lib/a.ts"]);
  });

  test("takes no diamond and no circle of types for one", () => {
    const diamond = [
      file("lib/a.ts", to("./b.ts"), to("./c.ts")),
      file("lib/b.ts", to("./d.ts")),
      file("lib/c.ts", to("./d.ts")),
      file("lib/d.ts", to("./a.ts", true)),
    ];
    assert.deepEqual(findCycles(diamond), []);
  });
});
