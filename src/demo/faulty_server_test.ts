import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { controlRoutes, faultRoutes } from "./control_routes.ts";
import { FaultyServer } from "./faulty_server.ts";
import { memoryListener } from "./memory_listener_test_support.ts";
import { pacedStream, type Sleep } from "./paced_stream.ts";

/** Time that passes when told to. */
function fakeTime(): { now: () => number; sleep: Sleep; pass: (ms: number) => Promise<void> } {
  let now = 0;
  let sleepers: { until: number; wake: () => void }[] = [];
  const sleep: Sleep = (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      sleepers.push({ until: now + ms, wake: resolve });
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  const pass = async (ms: number) => {
    for (let step = 0; step < ms; step += 100) {
      now += 100;
      const due = sleepers.filter(({ until }) => until <= now);
      sleepers = sleepers.filter(({ until }) => until > now);
      for (const { wake } of due) wake();
      await settle();
    }
  };
  return { now: () => now, sleep, pass };
}

/** Lets everything run that waits for no time. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

/** Two servers with the control routes, which otherwise say "well". */
async function pair() {
  const { listen, handlers } = memoryListener();
  const time = fakeTime();
  const all: FaultyServer[] = [];
  for (const [name, port] of [["one", 1], ["two", 2]] as const) {
    const handlerOf = (own: FaultyServer) => {
      const routes = [controlRoutes(own, () => all), faultRoutes(own)];
      return async (request: Request) => {
        for (const route of routes) {
          const response = await route(request, new URL(request.url).pathname);
          if (response !== undefined) return response;
        }
        return new Response("well");
      };
    };
    all.push(await FaultyServer.open({ name, listen, port, handlerOf, now: time.now, sleep: time.sleep }));
  }
  /** The status and the text, or "refused" while the port is closed. */
  const ask = async (port: number, path: string, method = "GET"): Promise<string> => {
    const handler = handlers.get(port);
    if (handler === undefined) return "refused";
    const response = await handler(new Request(`http://127.0.0.1:${port}${path}`, { method }));
    return `${response.status} ${await response.text()}`;
  };
  return { ask, all, handlers, listen, pass: time.pass };
}

describe("a simulated server", () => {
  test("refuses connections for the time that was asked for, then listens on the same port", async () => {
    const { ask, pass } = await pair();
    assert.match(await ask(1, "/demo/fail?for=10s", "POST"), /^200 one refuses every connection .* for 10s\./);
    await pass(100);
    assert.equal(await ask(1, "/"), "refused");
    assert.equal(await ask(2, "/"), "200 well");
    await pass(9_900);
    assert.equal(await ask(1, "/"), "refused");
    await pass(100);
    assert.equal(await ask(1, "/"), "200 well");
  });

  test("leaves a request that comes before its port is closed without an answer", async () => {
    const { ask, pass } = await pair();
    await ask(1, "/demo/fail?for=10s", "POST");
    let answered = false;
    const early = ask(1, "/").then(() => answered = true);
    await pass(10_000);
    assert.equal(answered, false);
    await pass(200);
    await early;
  });

  test("that refuses connections is made well through the other one, whose address it names", async () => {
    const { ask, pass } = await pair();
    assert.match(await ask(1, "/demo/fail", "POST"), /curl -X POST http:\/\/127\.0\.0\.1:2\/demo\/recover/);
    await pass(1000);
    assert.match(await ask(2, "/demo/recover", "POST"), /^200 All/);
    assert.equal(await ask(1, "/"), "200 well");
  });

  test("made well at once never closes its port", async () => {
    const { ask, pass } = await pair();
    await ask(1, "/demo/fail", "POST");
    await ask(1, "/demo/recover", "POST");
    await pass(1000);
    assert.equal(await ask(1, "/"), "200 well");
  });

  test("answers 503 to everything but the controls until its time is over", async () => {
    const { ask, pass } = await pair();
    await ask(1, "/demo/fail?how=503&for=5s", "POST");
    assert.match(await ask(1, "/health"), /^503 .*one was told to fail/);
    assert.match(await ask(1, "/v1/chat/completions", "POST"), /^503/);
    assert.match(await ask(1, "/demo/fail?how=nonsense", "POST"), /^400 how must be/);
    assert.equal(await ask(2, "/"), "200 well");
    await pass(5000);
    assert.equal(await ask(1, "/health"), "200 well");
  });

  test("fails in the way it was told last", async () => {
    const { ask, all, pass } = await pair();
    await ask(1, "/demo/fail?how=refuse", "POST");
    await ask(1, "/demo/fail?how=cut&for=2s", "POST");
    assert.equal(all[0]?.fault, "cut");
    await pass(1000);
    assert.equal(await ask(1, "/"), "200 well");
    await pass(1000);
    assert.equal(all[0]?.fault, undefined);
  });

  test("whose port was taken meanwhile tries until it is free", async () => {
    const { ask, pass, handlers, listen } = await pair();
    await ask(1, "/demo/fail?for=1s", "POST");
    await pass(500);
    const thief = await listen(() => Promise.resolve(new Response("another program")), 1);
    await pass(3000);
    assert.equal(await ask(1, "/"), "200 another program");
    await thief.close();
    await pass(1000);
    assert.equal(await ask(1, "/"), "200 well");
    assert.equal(handlers.size, 2);
  });

  test("closed while it refuses does not open again", async () => {
    const { ask, all, pass, handlers } = await pair();
    await ask(1, "/demo/fail?for=1s", "POST");
    await pass(500);
    await Promise.all(all.map((server) => server.close()));
    await pass(5000);
    assert.equal(handlers.size, 0);
  });
});

test("a stream that is cut breaks off after some words, with an error and no end", async () => {
  const words = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const pace = { sleep: () => Promise.resolve(), delayMs: 1, isCut: () => true };
  let read = "";
  await assert.rejects(async () => {
    for await (const part of pacedStream(words, pace)) read += new TextDecoder().decode(part);
  }, /told to fail/);
  assert.equal(read, "abcde");
});
