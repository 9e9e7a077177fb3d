/** What a model can be used for; the one vocabulary of lists, status and routing. */
export const CAPABILITIES = [
  "chat",
  "completion",
  "embeddings",
  "vision",
  "tools",
  "code",
  "reasoning",
  "audio",
  "image",
  "rerank",
] as const;

/** One of {@link CAPABILITIES}. */
export type Capability = (typeof CAPABILITIES)[number];

/**
 * What a backend itself says of a model: `true` when it has the capability, `false` when it lacks it. Absent when the
 * backend does not say, which is no denial.
 */
export type StatedCapabilities = Readonly<Partial<Record<Capability, boolean>>>;
