/** One row: a label and its cells. */
export type Row = readonly string[];

/**
 * Plain text columns: the first left-aligned, the others right-aligned, two spaces apart, a dashed line under the head.
 * A row that is too short is filled with empty cells.
 */
export function formatTable(head: Row, rows: readonly Row[]): string {
  const columns = Math.max(head.length, ...rows.map((row) => row.length));
  const widths = Array.from(
    { length: columns },
    (_, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? "").length)),
  );
  const line = (row: Row): string =>
    widths.map((width, column) => column === 0 ? (row[0] ?? "").padEnd(width) : (row[column] ?? "").padStart(width))
      .join("  ").trimEnd();
  return [line(head), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(line)].join("\n");
}

/** What a cell says where nothing was measured. */
export const NOT_MEASURED = "-";

/** A figure with about three significant digits: `31,250`, `412`, `41.2`, `0.57`; {@link NOT_MEASURED} for none. */
export function formatFigure(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return NOT_MEASURED;
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en-US");
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return value.toFixed(2);
}
