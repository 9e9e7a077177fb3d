import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { EndpointState } from "../../endpoints/state.ts";
import { settle, testEndpoint } from "../../endpoints/test_support.ts";
import { silentLogger } from "../../lib/logger.ts";
import { Catalog } from "../catalog/catalog.ts";
import { DiscoveryLoop } from "./discovery_loop.ts";
import { LOADED_INTERVAL_MS, LoadedLoop } from "./loaded_loop.ts";
import { LoadedModels } from "../loaded_models.ts";
import { never, type PlayedAnswer, PlayedServers } from "./test_support.ts";

const SECOND = 1_000;

/** Both loops over played servers, joined as in the program. */
function setUp(answer: PlayedAnswer, { random = 0.5, intervalMs = LOADED_INTERVAL_MS } = {}) {
  const servers = new PlayedServers(answer);
  const { client, states } = servers;
  const loaded = new LoadedModels();
  const loop = new LoadedLoop({ loaded, client, random: () => random, states, intervalMs });
  const discovery = new DiscoveryLoop({
    settings: { enabled: true, interval: 300 * SECOND, timeout: 30 * SECOND, concurrent_workers: 5 },
    staleness: { stale_threshold: 0, cleanup_interval: 0 },
    catalog: new Catalog({ joinByDigest: true }),
    client,
    random: () => 0.5,
    states,
    logger: silentLogger,
    onModels: (state, models, origin) => loop.noteList(state, models, origin),
    onAuthFailure: () => {},
  });
  loop.start();
  /** What is known to be loaded on an endpoint of these ids; undefined when it does not tell. */
  const inMemory = (state: EndpointState, ...ids: string[]) => {
    const { name } = state.endpoint;
    if (ids.every((id) => loaded.isLoaded(name, id) === undefined)) return undefined;
    return ids.filter((id) => loaded.isLoaded(name, id) === true);
  };
  const asked = (path: string) => servers.asked.filter((one) => one.endsWith(` ${path}`)).length;
  return { servers, loop, discovery, loaded, inMemory, asked };
}

const TAGS = { models: [{ name: "a:latest", digest: "1" }, { name: "b:7b", digest: "2" }] };

/** Ollama with a list, and with what `ps` answers. */
function ollama(ps: PlayedAnswer): PlayedAnswer {
  return (question) => {
    if (question.path === "/api/tags") return Response.json(TAGS);
    if (question.path === "/api/ps") return ps(question);
    return new Response("", { status: 404 });
  };
}

function running(...names: string[]): Response {
  return Response.json({ models: names.map((name) => ({ name })) });
}

describe("LoadedLoop", () => {
  test("asks Ollama as soon as its list is known, then every ten seconds", async () => {
    let names = ["A"];
    const { servers, discovery, inMemory, asked, loaded } = setUp(ollama(() => running(...names)));
    const state = servers.add("o");
    await servers.time.advance(60 * SECOND);
    assert.deepEqual(servers.asked, [], "nothing before the list");
    await discovery.refresh(state);
    await servers.time.advance(0);
    assert.deepEqual(inMemory(state, "a:latest", "b:7b"), ["a:latest"], "`A` is `a:latest` in its list");
    names = ["b:7b", "deleted:1b"];
    await servers.time.advance(10 * SECOND);
    assert.deepEqual(inMemory(state, "a:latest", "b:7b", "deleted:1b"), ["b:7b"]);
    const { version } = loaded;
    await servers.time.advance(30 * SECOND);
    assert.deepEqual([asked("/api/ps"), loaded.version], [5, version], "the same again is no news");
  });

  const kinds: readonly {
    readonly type: string;
    readonly list: unknown;
    readonly path: string;
    readonly answer: unknown;
    readonly ids: readonly string[];
    readonly expected: readonly string[];
  }[] = [
    {
      type: "lemonade",
      list: { data: [{ id: "x", downloaded: true }, { id: "y", downloaded: true }] },
      path: "/api/v1/health",
      answer: { status: "ok", model_loaded: "y", all_models_loaded: [{ model_name: "y" }] },
      ids: ["x", "y"],
      expected: ["y"],
    },
    {
      type: "openai-compatible",
      list: { data: [{ id: "x", owned_by: "llama-swap" }, { id: "y", owned_by: "llama-swap" }] },
      path: "/running",
      answer: { running: [{ model: "x", state: "ready" }, { model: "y", state: "stopping" }] },
      ids: ["x", "y"],
      expected: ["x"],
    },
    {
      type: "lm-studio",
      list: { data: [{ id: "x", state: "not-loaded" }, { id: "y", state: "not-loaded" }] },
      path: "/api/v0/models",
      answer: { data: [{ id: "x", state: "not-loaded" }, { id: "y", state: "loaded" }] },
      ids: ["x", "y"],
      expected: ["y"],
    },
    {
      type: "llamacpp",
      list: { data: [{ id: "x", status: { value: "unloaded" } }, { id: "y", status: { value: "unloaded" } }] },
      path: "/v1/models",
      answer: { data: [{ id: "x", status: { value: "loaded" } }, { id: "y", status: { value: "unloaded" } }] },
      ids: ["x", "y"],
      expected: ["x"],
    },
  ];
  for (const { type, list, path, answer, ids, expected } of kinds) {
    test(`learns it from ${type}'s ${path}`, async () => {
      const { servers, discovery, inMemory } = setUp(() => Response.json(list));
      const state = servers.add("s", { type });
      await discovery.refresh(state);
      servers.answer = (question) => question.path === path ? Response.json(answer) : new Response("", { status: 500 });
      await servers.time.advance(11 * SECOND);
      assert.deepEqual(inMemory(state, ...ids), expected);
    });
  }

  test("takes from a list what it says at once, and asks for it again only at the interval", async () => {
    const { servers, discovery, inMemory, asked } = setUp(() =>
      Response.json({ data: [{ id: "x", state: "loaded" }, { id: "y", state: "not-loaded" }] })
    );
    const state = servers.add("s", { type: "lm-studio" });
    await discovery.refresh(state);
    assert.deepEqual(inMemory(state, "x", "y"), ["x"]);
    await servers.time.advance(9 * SECOND);
    assert.equal(asked("/api/v0/models"), 1);
    await servers.time.advance(SECOND);
    assert.equal(asked("/api/v0/models"), 2);
  });

  test("asks nothing of a server that does not tell", async () => {
    const { servers, discovery, inMemory } = setUp(() => Response.json({ data: [{ id: "m" }] }));
    for (const type of ["vllm", "litellm", "llamacpp", "openai-compatible"]) {
      const state = servers.add(type, { type });
      await discovery.refresh(state);
      assert.equal(inMemory(state, "m"), undefined);
    }
    await settle();
    const before = servers.asked.length;
    await servers.time.advance(100 * SECOND);
    assert.equal(servers.asked.length, before);
  });

  test("leaves filtered models out", async () => {
    const { servers, discovery, inMemory } = setUp(ollama(() => running("a:latest", "b:7b")));
    const state = servers.add("o", { config: { model_filter: { include: ["b*"], exclude: [] } } });
    await discovery.refresh(state);
    await servers.time.advance(0);
    assert.deepEqual(inMemory(state, "a:latest", "b:7b"), ["b:7b"]);
    const other = servers.add("p", { config: { model_filter: { include: [], exclude: ["a"] } } });
    await discovery.refresh(other);
    await servers.time.advance(0);
    assert.deepEqual(inMemory(other, "a:latest", "b:7b"), ["b:7b"], "by the name without its tag");
  });

  test("forgets what it heard 30 s after it last heard it, and asks a failing server less and less", async () => {
    let fails = false;
    const { servers, discovery, inMemory, asked } = setUp(
      ollama(() => fails ? new Response("", { status: 500 }) : running("b:7b")),
    );
    const state = servers.add("o");
    await discovery.refresh(state);
    await servers.time.advance(0);
    fails = true;
    await servers.time.advance(29 * SECOND);
    assert.deepEqual(inMemory(state, "b:7b"), ["b:7b"]);
    await servers.time.advance(SECOND);
    assert.equal(inMemory(state, "b:7b"), undefined);
    const before = asked("/api/ps");
    await servers.time.advance(600 * SECOND);
    assert.ok(asked("/api/ps") - before <= 7, "no flood of questions that fail");
    fails = false;
    await servers.time.advance(360 * SECOND);
    assert.deepEqual(inMemory(state, "b:7b"), ["b:7b"]);
    const after = asked("/api/ps");
    await servers.time.advance(20 * SECOND);
    assert.equal(asked("/api/ps"), after + 2, "back to the interval");
  });

  const silent: readonly [string, PlayedAnswer][] = [
    ["hangs", never],
    ["answers rubbish", () => new Response("<html>")],
    ["answers 404", () => new Response("", { status: 404 })],
    ["breaks the connection", () => Promise.reject(new TypeError("broken"))],
  ];
  for (const [what, answer] of silent) {
    test(`one endpoint that ${what} delays no other`, async () => {
      const { servers, discovery, inMemory } = setUp((question) =>
        ollama(question.name === "bad" ? answer : () => running("b:7b"))(question)
      );
      const bad = servers.add("bad");
      const good = servers.add("good");
      await Promise.all([discovery.refresh(bad), discovery.refresh(good)]);
      await servers.time.advance(120 * SECOND);
      assert.equal(inMemory(bad, "b:7b"), undefined);
      assert.deepEqual(inMemory(good, "b:7b"), ["b:7b"]);
    });
  }

  test("asks a slow endpoint one question at a time, while others come due", async () => {
    const { servers, discovery, asked } = setUp((question) =>
      ollama(question.name === "slow" ? never : () => running())(question)
    );
    await discovery.refresh(servers.add("slow"));
    for (const name of ["a", "b", "c"]) {
      await servers.time.advance(SECOND);
      await discovery.refresh(servers.add(name));
    }
    await servers.time.advance(0);
    assert.equal(servers.asked.filter((one) => one === "slow /api/ps").length, 1);
    assert.equal(asked("/api/ps"), 4);
  });

  test("asks nothing of an endpoint out of service, forgets it, and begins anew with its next list", async () => {
    const { servers, discovery, inMemory, asked } = setUp(ollama(() => running("b:7b")));
    const state = servers.add("o");
    await discovery.refresh(state);
    await servers.time.advance(0);
    servers.down(state);
    await servers.time.advance(10 * SECOND);
    assert.equal(inMemory(state, "b:7b"), undefined);
    const before = asked("/api/ps");
    await servers.time.advance(100 * SECOND);
    assert.equal(asked("/api/ps"), before);
    servers.up(state);
    await discovery.refresh(state);
    await servers.time.advance(0);
    assert.deepEqual(inMemory(state, "b:7b"), ["b:7b"]);
  });

  test("does not bring back an endpoint that was forgotten while it was asked", async () => {
    let release = (_: Response) => {};
    const { servers, discovery, loop, inMemory } = setUp(
      ollama(() => new Promise((resolve) => release = resolve)),
    );
    const state = servers.add("o");
    await discovery.refresh(state);
    await servers.time.advance(0);
    servers.registry.remove("o");
    loop.forget(state);
    release(running("b:7b"));
    await settle();
    assert.equal(inMemory(state, "b:7b"), undefined);
    assert.equal(servers.time.pending <= 1, true);
  });

  test("asks nothing of an endpoint whose type is not known", async () => {
    const { servers, loop } = setUp(ollama(() => running("b:7b")));
    const state = servers.registry.add(testEndpoint({ name: "u", url: "http://u:9" }), undefined);
    loop.noteList(state, [{ id: "b:7b", loaded: true }], { url: "http://u:9/api/tags", isLlamaSwap: false });
    await servers.time.advance(60 * SECOND);
    assert.deepEqual(servers.asked, []);
  });

  test("believes a request that was just served until the next answer, which it has come soon", async () => {
    const { servers, discovery, loop, inMemory, asked } = setUp(ollama(() => running()));
    const state = servers.add("o");
    loop.noteServed(state, "b:7b");
    assert.equal(inMemory(state, "b:7b"), undefined, "nothing is known of its memory yet");
    await discovery.refresh(state);
    await servers.time.advance(5 * SECOND);
    assert.equal(asked("/api/ps"), 1);
    loop.noteServed(state, "b:7b");
    assert.deepEqual(inMemory(state, "b:7b"), ["b:7b"]);
    await servers.time.advance(0);
    assert.deepEqual([inMemory(state, "b:7b"), asked("/api/ps")], [[], 2]);
    for (let served = 0; served < 100; served++) loop.noteServed(state, "b:7b");
    await servers.time.advance(SECOND - 1);
    assert.equal(asked("/api/ps"), 2, "at most once a second");
    await servers.time.advance(1);
    assert.equal(asked("/api/ps"), 3);
    await servers.time.advance(9 * SECOND);
    assert.equal(asked("/api/ps"), 3, "back to the interval");
  });

  test("asks nothing more when what was served is known to be loaded", async () => {
    const { servers, discovery, loop, asked } = setUp(ollama(() => running("b:7b")));
    const state = servers.add("o");
    await discovery.refresh(state);
    await servers.time.advance(5 * SECOND);
    loop.noteServed(state, "b:7b");
    await servers.time.advance(SECOND);
    assert.equal(asked("/api/ps"), 1);
  });

  test("asks once more when a model was served while the question was on its way", async () => {
    let release = (_: Response) => {};
    const { servers, discovery, loop, inMemory, asked } = setUp(ollama(() => running("a:latest")));
    const state = servers.add("o");
    await discovery.refresh(state);
    await servers.time.advance(0);
    servers.answer = ollama(() => new Promise((resolve) => release = resolve));
    await servers.time.advance(10 * SECOND);
    loop.noteServed(state, "b:7b");
    release(running("a:latest"));
    await settle();
    servers.answer = ollama(() => running("a:latest", "b:7b"));
    await servers.time.advance(SECOND);
    assert.deepEqual([inMemory(state, "a:latest", "b:7b"), asked("/api/ps")], [["a:latest", "b:7b"], 3]);
  });

  for (const [type, ownedBy] of [["openai-compatible", "llama-swap"], ["llama-swap", "someone"]] as const) {
    test(`a model that a ${type} server of llama-swap's kind has served takes the place of the one before`, async () => {
      const list = { data: ["x", "y"].map((id) => ({ id, owned_by: ownedBy })) };
      const { servers, discovery, loop, inMemory } = setUp(({ path }) =>
        Response.json(path === "/running" ? { running: [{ model: "x", state: "ready" }] } : list)
      );
      const state = servers.add("s", { type });
      await discovery.refresh(state);
      await servers.time.advance(0);
      assert.deepEqual(inMemory(state, "x", "y"), ["x"]);
      servers.answer = never;
      loop.noteServed(state, "y");
      assert.deepEqual(inMemory(state, "x", "y"), ["y"]);
    });
  }

  test("stop() ends the question on its way and leaves no timer; a start goes on", async () => {
    const { servers, discovery, loop, inMemory } = setUp(ollama(never));
    const state = servers.add("o");
    await discovery.refresh(state);
    await servers.time.advance(0);
    assert.equal(servers.open, 1);
    loop.stop();
    await settle();
    assert.deepEqual([servers.open, servers.time.pending], [0, 0]);
    servers.answer = ollama(() => running("b:7b"));
    loop.start();
    await servers.time.advance(10 * SECOND);
    assert.deepEqual(inMemory(state, "b:7b"), ["b:7b"]);
  });

  test("spreads its questions by ±10 %, with one timer for all endpoints", async () => {
    for (const [random, at] of [[0, 9], [0.999_999, 11]] as const) {
      const { servers, discovery, asked } = setUp(ollama(() => running()), { random });
      const states = ["a", "b", "c"].map((name) => servers.add(name));
      await Promise.all(states.map((state) => discovery.refresh(state)));
      await servers.time.advance(0);
      assert.equal(servers.time.pending, 1);
      await servers.time.advance((at - 1) * SECOND);
      assert.equal(asked("/api/ps"), 3);
      await servers.time.advance(SECOND);
      assert.equal(asked("/api/ps"), 6);
    }
  });
});
