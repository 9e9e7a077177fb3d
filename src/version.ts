import packageJson from "../package.json" with { type: "json" };

// `build.ts` puts the values of these names into the binary; in a clone they do not exist.
declare const OLLA_VERSION: string | undefined;
declare const OLLA_COMMIT: string | undefined;
declare const OLLA_BUILD_DATE: string | undefined;

/** The release, as in `0.1.0`. */
export const VERSION: string = typeof OLLA_VERSION === "string" ? OLLA_VERSION : packageJson.version;
/** The commit it was built from; `source` when it runs from a clone. */
export const COMMIT: string = typeof OLLA_COMMIT === "string" ? OLLA_COMMIT : "source";
/** When it was built, ISO 8601; `source` when it runs from a clone. */
export const BUILD_DATE: string = typeof OLLA_BUILD_DATE === "string" ? OLLA_BUILD_DATE : "source";
