import type { ProfileSet } from "../../config/profile.ts";
import type { BackendClient } from "../../endpoints/ask_backend.ts";
import { detectType } from "../../endpoints/detect.ts";
import type { Endpoint } from "../../endpoints/endpoint.ts";
import { Catalog, type CatalogOptions } from "../catalog/catalog.ts";
import { fetchModelList } from "../discovery/fetch_list.ts";
import { lookAlikeSentence, lookAlikeYaml } from "./look_alike_text.ts";
import { findLookAlikes, type ModelAliases } from "./look_alikes.ts";
import type { DiscoveredModel } from "../model.ts";
import { compileNameFilter } from "../../lib/name_filter.ts";

/** Whom to ask, and for how long. */
export interface SurveyOptions {
  readonly endpoints: readonly Endpoint[];
  readonly profiles: ProfileSet;
  /** For all endpoints together, which are asked at the same time. */
  readonly timeoutMs: number;
}

/** What one endpoint said. `problem` goes on after the endpoint's name, and holds no address. */
export type SurveyAnswer =
  | { readonly endpoint: string; readonly models: readonly DiscoveredModel[] }
  | { readonly endpoint: string; readonly problem: string };

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
    if (detection.kind === "found") type = detection.type;
  }
  const profile = type === undefined ? undefined : profiles.byType(type);
  if (profile === undefined) return failed("its type is not known");
  const result = await fetchModelList(client, { endpoint, profile, timeoutMs, signal });
  switch (result.kind) {
    case "models": {
      const passes = compileNameFilter(endpoint.config.model_filter) ?? (() => true);
      return { endpoint: endpoint.name, models: result.models.filter((model) => passes(model.id)) };
    }
    case "unauthorized":
      return failed(`${result.reason}: its auth is missing or wrong`);
    case "failed":
      return failed(result.reason);
    case "aborted":
      return failed("the question was broken off");
  }
}

/** What the report needs beside the answers. */
export interface SurveyReportOptions extends CatalogOptions {
  readonly aliases: ModelAliases;
}

/** Pure. What a user reads of a survey: who was asked, who could not be, and which names look like one model. */
export function surveyReport(answers: readonly SurveyAnswer[], { aliases, joinByDigest }: SurveyReportOptions): string {
  const catalog = new Catalog({ joinByDigest });
  const problems: string[] = [];
  for (const answer of answers) {
    if ("models" in answer) catalog.setModels(answer.endpoint, answer.models, 0);
    else problems.push(`  ${answer.endpoint}: ${answer.problem}`);
  }
  const asked = `Asked ${answers.length - problems.length} of ${answers.length} endpoints for their models`;
  const lines = problems.length === 0 ? [asked] : [`${asked}; the others did not tell:`, ...problems];
  const groups = findLookAlikes(catalog.list(), aliases);
  if (groups.length > 0) {
    lines.push(...groups.map((group) => `Hint: ${lookAlikeSentence(group)}`));
    lines.push("To ask for each of them by one name, add to the config file:", "", lookAlikeYaml(groups), "");
  }
  return `${lines.join("\n")}\n`;
}
