/** A test of a name against a compiled pattern. */
export type GlobMatcher = (name: string) => boolean;

/**
 * Says what is wrong with a name pattern. `*` may stand at its start, at its end, or both: `*`, `pre*`, `*suf`, `*mid*`.
 * @returns What the pattern must be, or undefined when it is well formed.
 */
export function globProblem(pattern: string): string | undefined {
  if (pattern === "") return "must not be empty";
  if (pattern === "*") return undefined;
  if (pattern.includes("**")) return 'must not contain "**": one "*" stands for any text';
  if (pattern.slice(1, -1).includes("*")) return 'may have "*" only at its start and its end';
  return undefined;
}

/**
 * Compiles a name pattern; upper and lower case are the same.
 * @throws {TypeError} When {@link globProblem} has something to say.
 */
export function compileGlob(pattern: string): GlobMatcher {
  const problem = globProblem(pattern);
  if (problem !== undefined) throw new TypeError(`Cannot compile pattern "${pattern}": it ${problem}`);
  const folded = pattern.toLowerCase();
  if (folded === "*") return () => true;
  const open = folded.startsWith("*");
  const tail = folded.endsWith("*");
  const core = folded.slice(open ? 1 : 0, tail ? -1 : undefined);
  if (open && tail) return (name) => name.toLowerCase().includes(core);
  if (open) return (name) => name.toLowerCase().endsWith(core);
  if (tail) return (name) => name.toLowerCase().startsWith(core);
  return (name) => name.toLowerCase() === core;
}
