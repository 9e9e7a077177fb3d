import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { EndpointState } from "../../endpoints/state.ts";
import { settle } from "../../endpoints/test_support.ts";
import { silentLogger } from "../../lib/logger.ts";
import { Catalog } from "../catalog/catalog.ts";
import { DiscoveryLoop } from "./discovery_loop.ts";
import type { DiscoveredModel } from "../model.ts";
import { never, type PlayedAnswer, PlayedServers } from "./test_support.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A discovery loop over played servers. */
function setUp(answer: PlayedAnswer) {
  const servers = new PlayedServers(answer);
  const catalog = new Catalog({ joinByDigest: true });
  const warnings: string[] = [];
  const listed: string[] = [];
  const loop = new DiscoveryLoop({
    settings: { enabled: true, interval: 5 * MINUTE, timeout: 30_000, concurrent_workers: 5 },
    staleness: { stale_threshold: 0, cleanup_interval: 0 },
    catalog,
    client: servers.client,
    random: () => 0.5,
    states: servers.states,
    logger: { ...silentLogger, warn: (message) => warnings.push(message) },
    onModels: (state, models) => listed.push(`${state.endpoint.name}: ${models.map(({ id }) => id).join(" ")}`),
    onAuthFailure: () => {},
  });
  const questions = (path: string) => servers.asked.filter((asked) => asked.endsWith(` ${path}`)).length;
  const model = (state: EndpointState, id: string): DiscoveredModel | undefined =>
    catalog.modelsOf(state.endpoint.name).find((one) => one.id === id);
  return { servers, catalog, loop, warnings, listed, questions, model };
}

function tags(models: Readonly<Record<string, string>>): Response {
  return Response.json({ models: Object.entries(models).map(([name, digest]) => ({ name, digest })) });
}

const SHOWN = { capabilities: ["completion", "tools"], parameters: "num_ctx 4096" };

describe("Ollama's /api/show", () => {
  test("is asked after the list is in use, once for each digest", async () => {
    let digests: Record<string, string> = { "a:1": "d1", "b:1": "d2" };
    const shown: unknown[] = [];
    const { servers, loop, model, questions } = setUp(({ path, json }) => {
      if (path === "/api/tags") return tags(digests);
      shown.push(json);
      return Response.json(SHOWN);
    });
    const state = servers.add("o");
    await loop.refresh(state);
    assert.equal(model(state, "a:1")?.capabilities, undefined);
    await settle();
    assert.deepEqual(shown, [{ model: "a:1" }, { model: "b:1" }]);
    assert.equal(model(state, "a:1")?.contextLength, 4096);
    assert.equal(model(state, "b:1")?.capabilities?.tools, true);

    await loop.refresh(state);
    assert.equal(model(state, "a:1")?.contextLength, 4096, "a new list does not forget");
    await settle();
    assert.equal(questions("/api/show"), 2);

    digests = { "a:1": "d1", "b:1": "d3" };
    await loop.refresh(state);
    assert.equal(model(state, "b:1")?.capabilities, undefined, "another model: what was known is not true of it");
    await settle();
    assert.deepEqual(shown.slice(2), [{ model: "b:1" }]);

    digests = { "b:1": "d3" };
    await loop.refresh(state);
    digests = { "a:1": "d1", "b:1": "d3" };
    await loop.refresh(state);
    await settle();
    assert.deepEqual(shown.slice(3), [{ model: "a:1" }], "what left the list is forgotten");
  });

  test("is not asked about a model whose line in the list says all", async () => {
    const { servers, loop, questions } = setUp(({ path }) =>
      path === "/api/tags"
        ? Response.json({
          models: [
            { name: "full", capabilities: ["completion"], details: { context_length: 8192 } },
            { name: "half", capabilities: ["completion"] },
          ],
        })
        : Response.json(SHOWN)
    );
    const state = servers.add("o");
    await loop.refresh(state);
    await settle();
    assert.equal(questions("/api/show"), 1);
  });

  test("is asked again after an hour, since a newer server may find more, and keeps what it knows meanwhile", async () => {
    let capabilities = ["completion"];
    const { servers, loop, model, questions } = setUp(({ path }) =>
      path === "/api/tags" ? tags({ a: "d" }) : Response.json({ ...SHOWN, capabilities })
    );
    const state = servers.add("o");
    loop.start();
    await servers.time.advance(HOUR - MINUTE);
    assert.equal(questions("/api/show"), 1);
    capabilities = ["completion", "vision"];
    servers.answer = ({ path }) => path === "/api/tags" ? tags({ a: "d" }) : never();
    await servers.time.advance(2 * MINUTE);
    assert.equal(questions("/api/show"), 2);
    assert.equal(model(state, "a")?.capabilities?.vision, false);
    servers.answer = ({ path }) => path === "/api/tags" ? tags({ a: "d" }) : Response.json({ ...SHOWN, capabilities });
    await servers.time.advance(6 * MINUTE);
    assert.equal(model(state, "a")?.capabilities?.vision, true);
  });

  test("is asked about four models at once; one that hangs delays neither the list nor another endpoint", async () => {
    const ids = Array.from({ length: 9 }, (_, index) => `m${index}`);
    const { servers, loop, model, questions, catalog } = setUp(({ name, path }) => {
      if (path === "/api/tags") return tags(Object.fromEntries(ids.map((id) => [id, id])));
      return name === "slow" ? never() : Response.json(SHOWN);
    });
    const slow = servers.add("slow");
    const fast = servers.add("fast");
    await Promise.all([loop.refresh(slow), loop.refresh(fast)]);
    await settle();
    assert.equal(catalog.modelsOf("slow").length, 9);
    assert.equal(servers.asked.filter((asked) => asked === "slow /api/show").length, 4);
    for (const id of ids) assert.equal(model(fast, id)?.contextLength, 4096);
    // Of the slow one, four questions fail by the time limit and three have taken their places: the rest is left alone.
    await servers.time.advance(20_000);
    assert.deepEqual([questions("/api/show"), servers.open], [9 + 7, 0]);
  });

  test("a failure is tried again with the next list, after those that did not fail", async () => {
    const bad = new Set(["m0", "m1", "m2", "m3"]);
    const shown: string[] = [];
    const { servers, loop, model, warnings } = setUp(({ path, json }) => {
      if (path === "/api/tags") return tags({ m0: "", m1: "", m2: "", m3: "", m4: "", m5: "" });
      const { model } = json as { model: string };
      shown.push(model);
      return bad.has(model) ? new Response("no", { status: 500 }) : Response.json(SHOWN);
    });
    const state = servers.add("o");
    await loop.refresh(state);
    await settle();
    assert.deepEqual(shown.splice(0), ["m0", "m1", "m2", "m3"]);
    await loop.refresh(state);
    await settle();
    assert.deepEqual(shown.splice(0), ["m4", "m5", "m0", "m1", "m2", "m3"]);
    assert.equal(model(state, "m5")?.contextLength, 4096);
    bad.clear();
    await loop.refresh(state);
    await settle();
    assert.deepEqual(shown.splice(0), ["m0", "m1", "m2", "m3"]);
    assert.deepEqual(warnings, []);
  });

  test("what comes while other answers are awaited is put to use after a second", async () => {
    const { servers, loop, model } = setUp(({ path, json }) => {
      if (path === "/api/tags") return tags({ slow: "", quick: "", late: "", a: "", b: "" });
      const { model } = json as { model: string };
      return model === "slow" ? never() : Response.json(SHOWN);
    });
    servers.answer = ((before) => (question) => {
      const { model } = (question.json ?? {}) as { model?: string };
      if (model !== "late") return before(question);
      return new Promise((resolve) => servers.time.timers.start(() => resolve(Response.json(SHOWN)), 1_500));
    })(servers.answer);
    const state = servers.add("o");
    await loop.refresh(state);
    await servers.time.advance(2_000);
    assert.equal(model(state, "quick")?.contextLength, 4096);
    assert.equal(servers.open, 1);
  });

  test("a newer list is never undone by details that come for an older one", async () => {
    let release = (_: Response) => {};
    const { servers, loop, catalog } = setUp(({ path }) =>
      path === "/api/tags" ? tags({ old: "1" }) : new Promise((resolve) => release = resolve)
    );
    const state = servers.add("o");
    await loop.refresh(state);
    await settle();
    servers.answer = ({ path }) => path === "/api/tags" ? tags({ new: "2" }) : never();
    await loop.refresh(state);
    release(Response.json(SHOWN));
    await settle();
    assert.deepEqual(catalog.modelsOf("o").map(({ id }) => id), ["new"]);
    assert.equal(servers.asked.filter((asked) => asked === "o /api/show").length, 2);
  });

  test("stop() ends the questions on their way, and a start after it asks anew", async () => {
    const { servers, loop, model } = setUp(({ path }) => path === "/api/tags" ? tags({ a: "d" }) : never());
    const state = servers.add("o");
    loop.start();
    await servers.time.advance(0);
    assert.equal(servers.open, 1);
    loop.stop();
    await settle();
    assert.deepEqual([servers.open, servers.time.pending], [0, 0]);
    servers.answer = ({ path }) => path === "/api/tags" ? tags({ a: "d" }) : Response.json(SHOWN);
    loop.start();
    await servers.time.advance(5 * MINUTE);
    assert.equal(model(state, "a")?.contextLength, 4096);
    loop.stop();
  });

  test("ends with an endpoint that is removed", async () => {
    const { servers, loop, catalog } = setUp(({ path }) =>
      path === "/api/tags" ? tags({ a: "1", b: "2", c: "3", d: "4", e: "5" }) : never()
    );
    const state = servers.add("o");
    await loop.refresh(state);
    await settle();
    servers.registry.remove("o");
    catalog.removeEndpoint("o");
    servers.answer = () => Response.json(SHOWN);
    await servers.time.advance(20_000);
    assert.equal(servers.asked.filter((asked) => asked === "o /api/show").length, 4);
    assert.equal(catalog.isSynced("o"), false);
  });
});

describe("LiteLLM's /model/info", () => {
  const LIST = { data: [{ id: "gpt" }, { id: "mine" }] };
  const INFO = {
    data: [
      { model_name: "gpt", model_info: { mode: "chat", max_input_tokens: 9000, supports_vision: false } },
      { model_name: "gpt", model_info: { mode: "chat", max_input_tokens: 8000, supports_vision: false } },
      { model_name: "elsewhere", model_info: { mode: "chat" } },
    ],
  };

  test("is asked once for all models, and joins the deployments of a name", async () => {
    const { servers, loop, model, questions } = setUp(({ path }) => Response.json(path === "/v1/models" ? LIST : INFO));
    const state = servers.add("l", { type: "litellm" });
    await loop.refresh(state);
    assert.equal(model(state, "gpt")?.contextLength, undefined);
    await settle();
    assert.equal(model(state, "gpt")?.contextLength, 8000);
    assert.equal(model(state, "gpt")?.capabilities?.vision, false);
    assert.equal(model(state, "mine")?.capabilities, undefined);
    await loop.refresh(state);
    await settle();
    assert.equal(questions("/model/info"), 1, "not for each miss");
    await servers.time.advance(MINUTE);
    await loop.refresh(state);
    await settle();
    assert.equal(questions("/model/info"), 2);
    servers.answer = ({ path }) => Response.json(path === "/v1/models" ? { data: [{ id: "new" }] } : INFO);
    await loop.refresh(state);
    await settle();
    assert.equal(questions("/model/info"), 3, "at once for a name that is new");
  });

  test("is looked for at its other path", async () => {
    const { servers, loop, model } = setUp(({ path }) => {
      if (path === "/v1/models") return Response.json(LIST);
      return path === "/v1/model/info" ? Response.json(INFO) : new Response("", { status: 404 });
    });
    const state = servers.add("l", { type: "litellm" });
    await loop.refresh(state);
    await settle();
    assert.equal(model(state, "gpt")?.contextLength, 8000);
  });

  const failures: readonly [string, PlayedAnswer][] = [
    ["401", () => new Response("", { status: 401 })],
    ["403", () => new Response("", { status: 403 })],
    ["404 at both paths", () => new Response("", { status: 404 })],
    ["500", () => new Response("", { status: 500 })],
    ["rubbish", () => new Response("<html>")],
    ["another JSON", () => Response.json([1, { data: 5 }])],
    ["nothing at all", never],
    ["a broken connection", () => Promise.reject(new TypeError("broken"))],
  ];
  for (const [what, answer] of failures) {
    test(`${what} is no news, and it is asked again`, async () => {
      const { servers, loop, catalog, warnings, model, questions } = setUp((question) =>
        question.path === "/v1/models" ? Response.json(LIST) : answer(question)
      );
      const state = servers.add("l", { type: "litellm" });
      loop.start();
      await servers.time.advance(20_000);
      assert.deepEqual([warnings, state.status, catalog.syncInfo("l").error], [[], "healthy", undefined]);
      assert.equal(catalog.modelsOf("l").length, 2);
      servers.answer = ({ path }) => Response.json(path === "/v1/models" ? LIST : INFO);
      await servers.time.advance(5 * MINUTE);
      assert.equal(model(state, "gpt")?.contextLength, 8000);
      assert.equal(questions("/model/info"), 2);
      loop.stop();
    });
  }
});

describe("model_filter", () => {
  const FILTER = { include: ["llama*", "qwen*"], exclude: ["*embed*"] };

  test("leaves models out with their aliases, and asks nothing about them", async () => {
    const shown: unknown[] = [];
    const { servers, loop, catalog, listed } = setUp(({ path, json }) => {
      if (path === "/api/tags") return tags({ "llama3:latest": "1", "llama-embed": "2", "gemma:latest": "3" });
      shown.push(json);
      return Response.json(SHOWN);
    });
    const state = servers.add("o", { config: { model_filter: FILTER } });
    await loop.refresh(state);
    await settle();
    assert.deepEqual(listed, ["o: llama3:latest"]);
    assert.deepEqual(shown, [{ model: "llama3:latest" }]);
    assert.equal(catalog.resolve("llama3")?.hosts.has("o"), true);
    for (const name of ["gemma:latest", "gemma", "llama-embed"]) assert.equal(catalog.resolve(name), undefined, name);
    assert.equal(loop.filteredOut(state), 2);
  });

  test("is each endpoint's own", async () => {
    const { servers, loop, catalog } = setUp(() => tags({ "llama3": "1", "gemma": "2" }));
    const states = [servers.add("a", { config: { model_filter: FILTER } }), servers.add("b")];
    await Promise.all(states.map((state) => loop.refresh(state)));
    assert.deepEqual(catalog.modelsOf("a").map(({ id }) => id), ["llama3"]);
    assert.deepEqual(catalog.modelsOf("b").map(({ id }) => id), ["llama3", "gemma"]);
    assert.deepEqual(states.map((state) => loop.filteredOut(state)), [1, 0]);
  });

  test("that leaves nothing is warned of, once", async () => {
    const { servers, loop, catalog, warnings } = setUp(() => tags({ "gemma": "1", "phi": "2" }));
    const state = servers.add("o", { config: { model_filter: FILTER } });
    await loop.refresh(state);
    await loop.refresh(state);
    assert.deepEqual(warnings, ['The model_filter of endpoint "o" leaves none of its 2 models: check its patterns']);
    assert.equal(catalog.isSynced("o"), true);
  });
});
