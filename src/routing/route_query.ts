import type { Needs } from "./needs.ts";
import type { Operation } from "./operation.ts";
import type { RouteScope } from "./route_scope.ts";

/** What a request asks for, as far as routing cares. */
export interface RouteQuery {
  readonly scope: RouteScope;
  readonly method: string;
  /** The path as the backend will see it, without the query. */
  readonly path: string;
  /** As the client wrote it. */
  readonly model: string | undefined;
  readonly needs: Needs;
  /** Set where endpoints that do not speak the client's dialect can serve the request as well. */
  readonly operation: Operation | undefined;
  /** True when the path itself decides the endpoint (a stored id), so that no model is needed. Follows from `path`. */
  readonly hasOwner: boolean;
}
