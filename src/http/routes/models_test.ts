import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { OllaError } from "../../errors.ts";
import { LISTED_AT, LISTED_S, listingWorld, PROFILES, type World } from "../../models/listing/listing_test_support.ts";
import { ListPaths } from "../list_paths.ts";
import { matchRoute, type RouteTable } from "../route_table.ts";
import { modelCatalogue, type ModelCatalogueDeps } from "./model_catalogue.ts";
import { modelDetails, type ModelDetailsDeps } from "./model_details.ts";
import { modelAnswer } from "./models.ts";

const TABLE: RouteTable = {
  profiles: PROFILES,
  lists: new ListPaths(PROFILES),
  operations: new Map(),
  rootRoutes: true,
};
const MINUTES = 60_000;

function world(): World {
  const made = listingWorld({
    local: {
      type: "ollama",
      models: [
        { id: "llama3.1:8b", sizeBytes: 5_000_000_000, contextLength: 131_072, quantization: "Q4_K_M", format: "gguf" },
        { id: "Hub/Qwen3:4b", created: 1_650_000_000 },
      ],
    },
    spare: { type: "ollama", models: [{ id: "llama3.1:8b", sizeBytes: 5_000_000_000 }] },
    gpu: { type: "vllm", models: ["Qwen/Qwen3-8B"] },
    dead: { type: "vllm", models: ["gone/model"], down: true },
  }, { fast: ["llama3.1:8b"], lost: ["gone/model"], nowhere: ["no-such", "nor-this"] });
  made.loaded.set("local", ["llama3.1:8b"]);
  return made;
}

/** Asks as the handler does, whichever of the model routes the path is. */
async function ask(
  made: World,
  url: string,
  more: { method?: string } & Partial<ModelCatalogueDeps> = {},
): Promise<Response> {
  const { method = "GET", ...options } = more;
  const deps: ModelCatalogueDeps & ModelDetailsDeps = {
    listing: made.listing,
    listTexts: made.texts,
    includeAliases: true,
    enableUnifier: true,
    modelsReport: () => Promise.resolve({ report: true }),
    now: () => LISTED_AT + 5 * MINUTES,
    ...options,
  };
  const request = new Request(`http://olla${url}`, { method });
  const { pathname, search } = new URL(request.url);
  const route = matchRoute(pathname, TABLE);
  switch (route.kind) {
    case "models":
      return await modelAnswer(request, route.target, deps);
    case "catalogue":
      return await modelCatalogue(request, search, deps);
    case "catalogue_model":
      return modelDetails(request, route.id, deps);
    default:
      throw new Error(`${url} is no model route but ${route.kind}`);
  }
}

/** The ids of a list, whatever its format. */
async function ids(response: Response): Promise<string[]> {
  assert.equal(response.status, 200);
  const body = await response.json() as Record<string, Record<string, string>[]>;
  return (body.data ?? body.models ?? []).map((item) => item.id ?? item.key ?? item.name ?? "");
}

function refusal(code: string, message: RegExp) {
  return (error: unknown) => error instanceof OllaError && error.code === code && message.test(error.message);
}

describe("lists under the paths of servers", () => {
  const all = ["Hub/Qwen3:4b", "Qwen/Qwen3-8B", "fast", "llama3.1:8b"];
  const ollama = ["Hub/Qwen3:4b", "fast", "llama3.1:8b"];
  const cases: [path: string, expected: string[]][] = [
    ["/v1/models", all],
    ["/olla/proxy/v1/models", all],
    ["/olla/openai/v1/models", all],
    ["/olla/openai-compatible/v1/models", all],
    ["/olla/ollama/v1/models", ollama],
    ["/olla/ollama/api/tags", ollama],
    ["/api/tags", all],
    ["/olla/proxy/api/tags", all],
    ["/olla/vllm/v1/models", ["Qwen/Qwen3-8B"]],
    ["/olla/sglang/v1/models", []],
    ["/olla/lmdeploy/v1/models", []],
    ["/olla/vllm-mlx/v1/models", []],
    ["/olla/llamacpp/v1/models", []],
    ["/olla/llamacpp/models", []],
    ["/olla/omlx/v1/models", []],
    ["/olla/litellm/v1/models", []],
    ["/olla/litellm/models", []],
    ["/olla/lemonade/api/v1/models", []],
    ["/olla/dmr/engines/v1/models", []],
    ["/olla/dmr/engines/llama.cpp/v1/models", []],
    ...["lmstudio", "lm-studio", "lm_studio"].flatMap((prefix): [string, string[]][] => [
      [`/olla/${prefix}/api/v0/models`, []],
      [`/olla/${prefix}/api/v1/models`, []],
      [`/olla/${prefix}/v1/models`, []],
    ]),
    ["/api/v0/models", []],
    ["/api/v1/models", []],
    ["/olla/models", all],
  ];
  for (const [path, expected] of cases) {
    test(`${path} lists ${expected.length} models of servers in service`, async () => {
      assert.deepEqual(await ids(await ask(world(), path)), expected);
    });
  }

  test("follow what happens at once: a server dies, another model comes", async () => {
    const made = world();
    made.kill("local");
    assert.deepEqual(await ids(await ask(made, "/v1/models")), ["Qwen/Qwen3-8B", "fast", "llama3.1:8b"]);
    made.kill("spare");
    assert.deepEqual(await ids(await ask(made, "/v1/models")), ["Qwen/Qwen3-8B"]);
    made.catalog.setModels("gpu", [{ id: "new" }], LISTED_AT);
    assert.deepEqual(await ids(await ask(made, "/v1/models")), ["new"]);
  });

  test("have no aliases when these are switched off", async () => {
    assert.ok(!(await ids(await ask(world(), "/v1/models", { includeAliases: false }))).includes("fast"));
  });

  test("say when a model was made, not when they were asked", async () => {
    const { data } = await (await ask(world(), "/v1/models")).json() as { data: { id: string; created: number }[] };
    assert.deepEqual(data.map(({ created }) => created), [1_650_000_000, LISTED_S, 1_690_000_000, LISTED_S]);
  });

  for (const path of ["/v1/models", "/olla/ollama/api/tags", "/olla/models", "/olla/models/fast", "/v1/models/fast"]) {
    test(`${path} answers HEAD, and 405 to whatever changes something`, async () => {
      assert.equal((await ask(world(), path, { method: "HEAD" })).status, 200);
      for (const method of ["POST", "PUT", "DELETE"]) {
        await assert.rejects(ask(world(), path, { method }), (error) => {
          return error instanceof OllaError && error.status === 405 && error.headers.Allow === "GET, HEAD";
        });
      }
    });
  }
});

describe("one model of a list", () => {
  const cases: [path: string, id: string][] = [
    ["/v1/models/llama3.1:8b", "llama3.1:8b"],
    ["/v1/models/LLAMA3.1:8B", "llama3.1:8b"],
    ["/v1/models/Qwen/Qwen3-8B", "Qwen/Qwen3-8B"],
    ["/v1/models/Qwen%2FQwen3-8B", "Qwen/Qwen3-8B"],
    ["/v1/models/fast", "fast"],
    ["/olla/vllm/v1/models/Qwen/Qwen3-8B", "Qwen/Qwen3-8B"],
    ["/olla/openai/v1/models/llama3.1:8b", "llama3.1:8b"],
  ];
  for (const [path, id] of cases) {
    test(`${path} is ${id}`, async () => {
      assert.equal((await (await ask(world(), path)).json() as { id: string }).id, id);
    });
  }

  test("has the shape of its route", async () => {
    const body = await (await ask(world(), "/olla/vllm/v1/models/Qwen/Qwen3-8B")).json() as Record<string, unknown>;
    assert.equal(body.root, "Qwen/Qwen3-8B");
  });

  const missing: [path: string, hint: RegExp][] = [
    ["/v1/models/llama3.1:9b", /"llama3\.1:9b" does not exist; did you mean "llama3\.1:8b"/],
    ["/olla/ollama/v1/models/gone/model", /does not exist; GET/],
    [
      "/v1/models/nowhere",
      /The alias "nowhere" stands for "no-such", "nor-this", and no endpoint here has any of these/,
    ],
    ["/olla/ollama/v1/models/Qwen/Qwen3-8B", /does not exist/],
    ["/v1/models/zzzzzzzzzz", /GET \/v1\/models lists/],
  ];
  for (const [path, name] of [["/v1/models/gone/model", "gone/model"], ["/v1/models/lost", "lost"]] as const) {
    test(`${path}, whose servers are down, is 503 and names them`, async () => {
      await assert.rejects(ask(world(), path), (error) => {
        assert.ok(error instanceof OllaError);
        assert.deepEqual([error.code, error.status, error.headers], ["model_unavailable", 503, { "Retry-After": "5" }]);
        assert.match(error.message, new RegExp(`The model "${name}" is on dead \\(\\w+\\); /internal/`));
        return true;
      });
    });
  }

  test("a name that ends in a slash is looked up as it is first", async () => {
    const made = listingWorld({ a: { type: "vllm", models: ["dir", "dir/", "other"] } });
    const cases = [["dir", "dir"], ["dir/", "dir/"], ["dir%2F", "dir/"], ["other/", "other"]] as const;
    for (const [asked, id] of cases) {
      for (const path of ["/v1/models", "/olla/models"]) {
        assert.equal((await (await ask(made, `${path}/${asked}`)).json() as { id: string }).id, id, `${path}/${asked}`);
      }
    }
    await assert.rejects(ask(made, "/v1/models/none/"), refusal("model_not_found", /"none" does not exist/));
  });

  for (const [path, hint] of missing) {
    test(`${path} is 404`, async () => await assert.rejects(ask(world(), path), refusal("model_not_found", hint)));
  }
});

describe("GET /olla/models", () => {
  test("writes any format", async () => {
    assert.deepEqual(Object.keys(await (await ask(world(), "/olla/models?format=ollama")).json() as object), [
      "models",
    ]);
    assert.deepEqual(
      await ids(await ask(world(), "/olla/models?format=OpenAI")),
      await ids(await ask(world(), "/v1/models")),
    );
  });

  test("refuses an unknown format and names all that there are, always in the same order", async () => {
    await assert.rejects(
      ask(world(), "/olla/models?format=xml"),
      refusal(
        "invalid_request",
        /^The query parameter "format" must be one of unified, openai, ollama, lmstudio, .*omlx, received "xml"$/,
      ),
    );
  });

  const filters: [query: string, expected: string[]][] = [
    ["endpoint=gpu", ["Qwen/Qwen3-8B"]],
    ["endpoint=none", []],
    ["family=qwen", ["Hub/Qwen3:4b", "Qwen/Qwen3-8B"]],
    ["available=true", ["fast", "llama3.1:8b"]],
    ["available=false", ["Hub/Qwen3:4b", "Qwen/Qwen3-8B"]],
    ["type=embeddings", []],
    ["capability=text_generation&endpoint=gpu", ["Qwen/Qwen3-8B"]],
    ["capability=vector_search", []],
    ["include_unavailable=true&endpoint=dead", ["gone/model", "lost"]],
    ["include_unavailable=false&endpoint=dead", []],
    ["include_aliases=false&available=true", ["llama3.1:8b"]],
    ["nonsense=1&family=", ["Hub/Qwen3:4b", "Qwen/Qwen3-8B", "fast", "llama3.1:8b"]],
  ];
  for (const [query, expected] of filters) {
    test(`?${query}`, async () => assert.deepEqual(await ids(await ask(world(), `/olla/models?${query}`)), expected));
  }

  test("marks what is out of service", async () => {
    const { data } = await (await ask(world(), "/olla/models?include_unavailable=true&endpoint=dead")).json() as {
      data: { olla: { availability: unknown } }[];
    };
    assert.deepEqual(data[0]?.olla.availability, [{ endpoint: "dead", state: "unavailable", type: "vllm" }]);
  });

  for (const query of ["available=maybe", "include_unavailable=1", "include_aliases=no"]) {
    test(`refuses ?${query}`, async () => {
      await assert.rejects(ask(world(), `/olla/models?${query}`), refusal("invalid_request", /must be true or false/));
    });
  }

  test("without the unifier is the status of the models, but for a format that is asked for", async () => {
    const off = {
      enableUnifier: false,
      modelsReport: (query: URLSearchParams) => Promise.resolve({ group: query.get("group") }),
    };
    assert.deepEqual(await (await ask(world(), "/olla/models?group=family", off)).json(), { group: "family" });
    assert.ok((await ids(await ask(world(), "/olla/models?format=unified", off))).includes("fast"));
  });
});

describe("GET /olla/models/{id}", () => {
  test("tells all of a model", async () => {
    const body = await (await ask(world(), "/olla/models/llama3.1:8b")).json();
    assert.deepEqual(body, {
      id: "llama3.1:8b",
      max_context_length: 131_072,
      family: "llama",
      variant: "3.1",
      parameter_size: "8b",
      parameter_count: 8_000_000_000,
      quantization: "q4km",
      format: "gguf",
      type: "llm",
      publisher: "meta",
      total_disk_size: "9.31 GB",
      state: "loaded",
      aliases: ["llama3.1:8b"],
      endpoints: ["local", "spare"],
      loaded_endpoints: ["local"],
      capabilities: ["chat", "completion", "tools"],
      availability: [
        { endpoint: "local", type: "ollama", model: "llama3.1:8b", state: "loaded" },
        { endpoint: "spare", type: "ollama", model: "llama3.1:8b", state: "available" },
      ],
      created: LISTED_S,
      last_seen: "5m ago",
    });
  });

  const cases: [path: string, id: string][] = [
    ["/olla/models/Qwen/Qwen3-8B", "Qwen/Qwen3-8B"],
    ["/olla/models/Qwen%2FQwen3-8B", "Qwen/Qwen3-8B"],
    ["/olla/models/qwen/qwen3-8b", "Qwen/Qwen3-8B"],
    ["/olla/models/fast", "fast"],
    ["/olla/models/gone/model", "gone/model"],
  ];
  for (const [path, id] of cases) {
    test(`${path} is ${id}`, async () =>
      assert.equal((await (await ask(world(), path)).json() as { id: string }).id, id));
  }

  test("counts the disk space of two names on one endpoint once", async () => {
    const digest = "aa".repeat(32);
    const made = listingWorld({
      a: { type: "ollama", models: ["x", "y"].map((id) => ({ id, digest, sizeBytes: 1024 })) },
    });
    const body = await (await ask(made, "/olla/models/y")).json() as {
      id: string;
      total_disk_size: string;
      endpoints: string[];
    };
    assert.deepEqual([body.id, body.total_disk_size, body.endpoints], ["x", "1.00 KB", ["a"]]);
  });

  test("is 404 with close names for an unknown one", async () => {
    await assert.rejects(
      ask(world(), "/olla/models/Qwen/Qwen3-9B"),
      refusal("model_not_found", /did you mean "Qwen\/Qwen3-8B"/),
    );
  });
});
