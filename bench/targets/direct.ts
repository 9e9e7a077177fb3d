import type { Target } from "./target.ts";

/** The mock itself: what everything is compared with. */
export const direct: Target = { name: "direct", chatPath: "/v1/chat/completions", readyPath: "/v1/models" };
