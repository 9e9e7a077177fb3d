import { dataFormat } from "./list_format.ts";
import { ownedItem } from "./openai.ts";

/** Docker Model Runner's `/engines/v1/models`. */
export const DOCKER_FORMAT = dataFormat("docker-model-runner", (line) => ownedItem(line, "docker"));
