const UNIT_BYTES: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
};

const SIZE = /^(\d[\d_]*(?:\.\d+)?)\s*(?:([kmgt])i?b?|b)?$/i;

/**
 * Reads a size: a number of bytes, or one with a binary unit (`1KB` = `1KiB` = `1K` = 1024 bytes; upper and lower case).
 * @returns Whole bytes, or undefined when the text is no size.
 */
export function parseSize(text: string): number | undefined {
  const match = SIZE.exec(text.trim());
  if (match === null) return undefined;
  const factor = UNIT_BYTES[(match[2] ?? "").toLowerCase()] ?? NaN;
  const bytes = Number((match[1] ?? "").replaceAll("_", "")) * factor;
  if (factor === 1 && !Number.isInteger(bytes)) return undefined;
  return bytes <= Number.MAX_SAFE_INTEGER ? Math.round(bytes) : undefined;
}

/** Writes bytes in the largest binary unit that keeps them whole: `100MB`, `1536KB`, `1000`. */
export function formatSize(bytes: number): string {
  for (const unit of ["t", "g", "m", "k"]) {
    const factor = UNIT_BYTES[unit] ?? NaN;
    if (bytes >= factor && bytes % factor === 0) return `${bytes / factor}${unit.toUpperCase()}B`;
  }
  return String(bytes);
}
