/** What {@link formatVersion} tells. */
export interface VersionFacts {
  readonly version: string;
  readonly commit: string;
  readonly buildDate: string;
  /** Name and version of the runtime. */
  readonly runtime: string;
  readonly platform: string;
  readonly arch: string;
}

/** What `olla --version` prints. */
export function formatVersion(facts: VersionFacts): string {
  return [
    `olla ${facts.version}`,
    `commit:  ${facts.commit}`,
    `built:   ${facts.buildDate}`,
    `runtime: ${facts.runtime} on ${facts.platform}-${facts.arch}`,
    "",
  ].join("\n");
}
