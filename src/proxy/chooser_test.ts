import assert from "node:assert/strict";
import { describe, mock, test } from "node:test";
import { Registry } from "../endpoints/registry.ts";
import { testEndpoint, testProfile } from "../endpoints/test_support.ts";
import { BALANCERS } from "../routing/balancers/table.ts";
import type { Candidate } from "../routing/candidate.ts";
import { Chooser } from "./chooser.ts";
import { ClientLink } from "./client_link.ts";

const GOOD = { kind: "answered", status: 200, latencyMs: 1, loading: false, detail: "" } as const;

/** A chooser over endpoints a, b, … in falling priority, on a clock that moves by hand. */
function scene(names: string) {
  const clock = { now: 1_000_000 };
  const registry = new Registry({ breaker: { failures: 2, open_for: 30_000, half_open_max: 1 } });
  const candidates: Candidate[] = [...names].map((name, i) => {
    const endpoint = testEndpoint({ name, url: `http://127.0.0.1:${i + 1}`, priority: 100 - i });
    const state = registry.add(endpoint, testProfile("ollama"));
    registry.observe(state, GOOD, clock.now, clock.now);
    return { state, model: "m", known: undefined, isCold: () => false, way: undefined };
  });
  const list = { candidates, hosts: [], modelId: "m", decision: undefined, turn: 0 };
  const chooser = new Chooser(list, { registry, balancer: BALANCERS.priority, now: () => clock.now });
  const gone = new AbortController();
  const state = (name: string) => registry.get(name) ?? assert.fail(name);
  const nameOf = (candidate: Candidate | undefined) => candidate?.state.endpoint.name;
  return { clock, registry, chooser, state, nameOf, gone, link: new ClientLink(gone.signal) };
}

test("each endpoint is chosen once, the better one first", () => {
  const { chooser, nameOf, state } = scene("ab");
  assert.equal(nameOf(chooser.available()), "a");
  chooser.tried(state("a"));
  assert.equal(nameOf(chooser.available()), "b");
  chooser.tried(state("b"));
  assert.equal(chooser.available(), undefined);
});

describe("with none available", () => {
  test("one that keeps failing is better than none", async () => {
    const { chooser, registry, clock, state, nameOf, link } = scene("a");
    for (let i = 0; i < 2; i++) registry.reportAnswerFailure(state("a"), "m", clock.now);
    assert.equal(chooser.available(), undefined);
    assert.equal(nameOf(await chooser.lastChance(link)), "a");
  });

  test("a sole endpoint is not rested by us", async () => {
    const { chooser, registry, clock, state, nameOf, link } = scene("a");
    registry.rest(state("a"), "m", clock.now + 5000, false);
    assert.equal(nameOf(await chooser.lastChance(link)), "a");
  });

  test("a rest that it asked for is waited for, and it may then be asked again", async () => {
    const { chooser, registry, clock, state, nameOf, link } = scene("a");
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      chooser.tried(state("a"));
      chooser.pausing(state("a"));
      registry.rest(state("a"), "m", clock.now + 3000, true);
      const choice = chooser.lastChance(link);
      clock.now += 3000;
      mock.timers.tick(3000);
      assert.equal(nameOf(await choice), "a");
    } finally {
      mock.timers.reset();
    }
  });

  test("a long rest is not waited for", async () => {
    const { chooser, registry, clock, state, link } = scene("ab");
    for (const name of ["a", "b"]) registry.rest(state(name), "m", clock.now + 60_000, true);
    assert.equal(await chooser.lastChance(link), undefined);
  });

  test("nothing is waited for while some endpoint does not rest", async () => {
    const { chooser, registry, clock, state, link } = scene("ab");
    registry.rest(state("a"), "m", clock.now + 1000, true);
    chooser.tried(state("b"));
    assert.equal(await chooser.lastChance(link), undefined);
  });

  test("a client that leaves ends the wait", async () => {
    const { chooser, registry, clock, state, gone, link } = scene("a");
    registry.rest(state("a"), "m", clock.now + 4000, true);
    const choice = chooser.lastChance(link);
    gone.abort();
    assert.equal(await choice, undefined);
  });
});
