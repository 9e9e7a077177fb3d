import type { ProfileSet } from "../../config/profile.ts";
import type { BackendClient } from "../../endpoints/ask_backend.ts";
import { detectType } from "../../endpoints/detect.ts";
import type { Endpoint } from "../../endpoints/endpoint.ts";
import { Catalog, type CatalogOptions } from "../catalog/catalog.ts";
import { fetchModelList } from "../discovery/fetch_list.ts";
import { aliasHints } from "./alias_hints.ts";
import { lookAlikeSentence, lookAlikeYaml } from "./look_alike_text.ts";
import { findLookAlikes, type ModelAliases } from "./look_alikes.ts";
import type { DiscoveredModel } from "../model.ts";

/** Whom to ask, and for how long. */
export interface SurveyOptions {
  readonly endpoints: readonly Endpoint[];
  readonly profiles: ProfileSet;
  /** For all endpoints together, which are asked at the same time. */
  readonly timeoutMs: number;
}

/** What one endpoint said. `problem` goes on after the endpoint's name, and holds no address. */
export type SurveyAnswer =
  | {
    readonly endpoint: string;
    readonly models: readonly DiscoveredModel[];
    /** How many its `model_filter` has taken out of them. */
    readonly leftOut: number;
  }
  | { readonly endpoint: string; readonly problem: string };

const BROKEN_OFF = "the question was broken off";

/** Asks endpoints for their models once, without a registry or a loop. In the order of the endpoints. Never rejects. */
export async function surveyModels(client: BackendClient, options: SurveyOptions): Promise<readonly SurveyAnswer[]> {
  const { endpoints, timeoutMs } = options;
  const ending = new AbortController();
  let end = () => {};
  const timeIsUp = new Promise<void>((resolve) => end = resolve);
  const timer = client.timers.start(end, timeoutMs);
  const answers = await Promise.all(endpoints.map((endpoint) => {
    const late = timeIsUp.then((): SurveyAnswer => ({
      endpoint: endpoint.name,
      problem: "it has not answered in time",
    }));
    return Promise.race([askOne(client, endpoint, { ...options, signal: ending.signal }), late]);
  }));
  client.timers.stop(timer);
  ending.abort();
  return answers;
}

async function askOne(
  client: BackendClient,
  endpoint: Endpoint,
  { profiles, timeoutMs, signal }: SurveyOptions & { readonly signal: AbortSignal },
): Promise<SurveyAnswer> {
  const failed = (problem: string): SurveyAnswer => ({ endpoint: endpoint.name, problem });
  let type = endpoint.configuredType;
  if (type === undefined) {
    const detection = await detectType(client, { endpoint, timeoutMs, signal });
    if (detection.kind === "none") return failed(detection.result.detail);
    if (detection.kind === "aborted") return failed(BROKEN_OFF);
    type = detection.type;
  }
  const profile = profiles.byType(type);
  // Only types that exist are configured or found.
  if (profile === undefined) return failed(`it is of type ${type}, which proxy.profile_filter leaves out`);
  const result = await fetchModelList(client, { endpoint, profile, timeoutMs, signal });
  switch (result.kind) {
    case "models": {
      const models = result.models.filter((model) => endpoint.takesModel?.(model.id) ?? true);
      return { endpoint: endpoint.name, models, leftOut: result.models.length - models.length };
    }
    case "unauthorized":
      return failed(`${result.reason}: its auth is missing or wrong`);
    case "failed":
      return failed(result.reason);
    case "aborted":
      return failed(BROKEN_OFF);
  }
}

/** What the report needs beside the answers. */
export interface SurveyReportOptions extends CatalogOptions {
  readonly aliases: ModelAliases;
}

/** Pure. What a user reads of a survey: who was asked, who could not be, what leads nowhere, and which names look like one model. */
export function surveyReport(answers: readonly SurveyAnswer[], { aliases, joinByDigest }: SurveyReportOptions): string {
  const catalog = new Catalog({ joinByDigest });
  const problems: string[] = [];
  const hints: string[] = [];
  for (const answer of answers) {
    if ("problem" in answer) {
      problems.push(`  ${answer.endpoint}: ${answer.problem}`);
      continue;
    }
    const { endpoint, models, leftOut } = answer;
    catalog.setModels(endpoint, models, 0);
    if (models.length === 0 && leftOut > 0) {
      hints.push(`the model_filter of ${endpoint} leaves out all its models (${leftOut})`);
    }
  }
  // Where nobody answered, nothing is known of where an alias leads.
  if (problems.length < answers.length) hints.push(...aliasHints(catalog, aliases));
  const whom = answers.length === 1 ? "1 endpoint for its models" : `${answers.length} endpoints for their models`;
  const asked = `Asked ${answers.length - problems.length} of ${whom}`;
  const lines = problems.length === 0
    ? [asked]
    : [`${asked}; ${answers.length === 1 ? "it" : "the others"} did not tell:`, ...problems];
  lines.push(...hints.map((hint) => `Hint: ${hint}`));
  const groups = findLookAlikes(catalog.list(), aliases);
  if (groups.length > 0) {
    lines.push(...groups.map((group) => `Hint: ${lookAlikeSentence(group)}`));
    lines.push("To ask for each of them by one name, add to the config file:", "", lookAlikeYaml(groups), "");
  }
  return `${lines.join("\n")}\n`;
}
