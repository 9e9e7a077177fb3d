/** How many parameters a model has. */
export interface ParameterSize {
  /** Such as `8b`, `137m` or `8x7b`. */
  readonly label: string;
  /** Undefined for mixtures such as `8x7b`: the experts share a part that the label does not tell. */
  readonly count: number | undefined;
}

const UNITS: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, b: 1e9, t: 1e12 };

/** The least that a number with this unit must be in a name to be a size: `1m` and `128k` are context lengths. */
const LEAST_MILLIONS = 10;

const STATED = /^[~≈]?\s*(?:(\d+)\s*x\s*)?(\d+(?:\.\d+)?)\s*([kmbt])(?![a-z])/i;
const IN_NAME = /(?:^|[^a-z0-9.])(?:(\d{1,3})x)?(\d{1,4}(?:\.\d{1,3})?)([mbt])(?=$|[^a-z0-9])/gi;
/** `17b-16e`: so many active parameters of so many experts. */
const EXPERTS = /^-\d+e(?:$|[^a-z0-9])/i;

/** Reads what a backend states: `8.0B`, `137M`, `8x7B`, `30B-A3B`, `8030261248`. Undefined for anything else. */
export function statedSize(text: string): ParameterSize | undefined {
  const trimmed = text.trim();
  if (/^\d{6,15}$/.test(trimmed)) return { label: labelOf(Number(trimmed), 1), count: Number(trimmed) };
  const [, experts, number, unit] = STATED.exec(trimmed) ?? [];
  return sizeOf(experts, number, unit);
}

/** Finds the size in a model's name: `llama-3-8b`, `llama3:70b`, `Mixtral-8x7B-Instruct`, `smollm2-135m`. */
export function sizeInName(name: string): ParameterSize | undefined {
  let found: ParameterSize | undefined;
  for (const match of name.matchAll(IN_NAME)) {
    const [whole, experts, number, unit = ""] = match;
    if (unit.toLowerCase() === "m" && Number(number) < LEAST_MILLIONS) continue;
    const size = sizeOf(experts, number, unit);
    if (size === undefined) continue;
    if (EXPERTS.test(name.slice(match.index + whole.length))) return { ...size, count: undefined };
    // 70b-1000m would be odd, but a size in billions is surely one.
    if (unit.toLowerCase() !== "m") return size;
    found ??= size;
  }
  return found;
}

function sizeOf(
  experts: string | undefined,
  number: string | undefined,
  unit: string | undefined,
): ParameterSize | undefined {
  const factor = UNITS[unit?.toLowerCase() ?? ""];
  if (number === undefined || factor === undefined || Number(number) === 0) return undefined;
  const count = Number(number) * factor;
  const single = { label: labelOf(count, factor), count: Math.round(count) };
  return experts === undefined ? single : { label: `${Number(experts)}x${single.label}`, count: undefined };
}

/** In billions from a thousand millions on, else in the unit that it was given in: `0.5b` stays. */
function labelOf(count: number, factor: number): string {
  if (count >= 1e9 || factor >= 1e9) return `${Number((count / 1e9).toFixed(count < 1e8 ? 2 : 1))}b`;
  return count >= 1e6 || factor === 1e6 ? `${Math.round(count / 1e6)}m` : `${Math.round(count / 1e3)}k`;
}
