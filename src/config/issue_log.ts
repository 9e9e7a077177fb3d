import type { ConfigIssue, ConfigPath, Problem } from "./issues.ts";
import { formatPath } from "./issues.ts";
import type { PlacedProblem, Position, YamlFile } from "./yaml_tree.ts";

/** What set a value in place of the file: shown as `environment variable OLLA_SERVER_PORT`. */
export interface ValueSource {
  readonly path: ConfigPath;
  readonly source: string;
}

/** Collects problems and places each in the file, or at the variable or flag that set the value. */
export interface IssueLog {
  add(problem: Problem): void;
  /** For problems of a variable or flag itself. */
  addFrom(source: string, problem: Problem): void;
  /** In the order of the file; what comes from elsewhere last. */
  list(): ConfigIssue[];
}

const NOWHERE: Position = { line: 0, column: 0 };

function covers(outer: ConfigPath, inner: ConfigPath): boolean {
  return outer.length <= inner.length && outer.every((part, index) => inner[index] === part);
}

function placeOf(yaml: YamlFile, problem: Problem): Position {
  if ("position" in problem) return (problem as PlacedProblem).position;
  const { path, atKey = false } = problem;
  const exact = atKey
    ? yaml.positionOfKey(path) ?? yaml.positionOfValue(path)
    : yaml.positionOfValue(path) ?? yaml.positionOfKey(path);
  if (exact !== undefined) return exact;
  // What is missing is reported at the nearest thing around it.
  for (let length = path.length - 1; length > 0; length--) {
    const around = path.slice(0, length);
    const position = yaml.positionOfKey(around) ?? yaml.positionOfValue(around);
    if (position !== undefined) return position;
  }
  return NOWHERE;
}

/** Makes an empty log for one file. */
export function createIssueLog(file: string, yaml: YamlFile, sources: readonly ValueSource[] = []): IssueLog {
  const issues: ConfigIssue[] = [];

  function push(problem: Problem, where: string, position: Position): void {
    issues.push({
      severity: problem.severity ?? "error",
      file: where,
      line: position.line,
      column: position.column,
      path: problem.withoutPath === true ? "" : formatPath(problem.path),
      message: problem.message,
    });
  }

  return {
    add(problem) {
      if ("position" in problem) return push(problem, file, placeOf(yaml, problem)); // the file's own fault
      const set = sources.findLast((candidate) => covers(candidate.path, problem.path));
      const position = set === undefined ? placeOf(yaml, problem) : NOWHERE;
      // A section that the file lacks may be there only because a variable set something in it.
      const inside = position.line > 0 ? undefined : sources.findLast(({ path }) => covers(problem.path, path));
      push(problem, (set ?? inside)?.source ?? file, position);
    },
    addFrom(source, problem) {
      push(problem, source, NOWHERE);
    },
    list() {
      const rank = (issue: ConfigIssue) => issue.line === 0 ? Number.MAX_SAFE_INTEGER : issue.line;
      return issues.toSorted((a, b) => rank(a) - rank(b) || a.column - b.column);
    },
  };
}
