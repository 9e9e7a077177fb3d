/**
 * A base path and a request path as one. A first segment that the base already ends in is not doubled: `/api/v1` and
 * `/v1/models` make `/api/v1/models`, since people copy base URLs with and without their `/v1`.
 *
 * @param base Without a trailing slash; empty for none.
 * @param path Begins with a slash.
 */
export function joinPath(base: string, path: string): string {
  if (base === "") return path;
  const end = path.indexOf("/", 1);
  const first = end === -1 ? path : path.slice(0, end);
  if (first.length > 1 && base.endsWith(first)) return base + path.slice(first.length);
  return base + path;
}
