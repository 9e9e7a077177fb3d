import process from "node:process";
import { surveyEndpoints } from "../app.ts";
import { launchEnvironment } from "../runtime.ts";
import { VERSION } from "../version.ts";
import type { Settings } from "./settings.ts";

/** Long enough for servers that work; one that does not must not keep a user waiting. */
const TIMEOUT_MS = 2000;

/** Asks the endpoints for their models and says what that shows of the config. Never rejects. */
export async function reportSurvey({ profiles, result }: Settings): Promise<string> {
  if (result.kind !== "ok") return "";
  // As in a running gateway, a proxy in the environment is not for backends.
  for (const name of launchEnvironment(process.env, 0).removedProxies) delete process.env[name];
  return await surveyEndpoints(result.config, { profiles, version: VERSION, timeoutMs: TIMEOUT_MS });
}
