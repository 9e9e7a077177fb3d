import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Registry } from "../../endpoints/registry.ts";
import { testEndpoint, testProfile } from "../../endpoints/test_support.ts";
import type { Candidate } from "../candidate.ts";
import type { Balancer } from "./balancer.ts";
import { BALANCERS } from "./table.ts";

interface Server {
  readonly priority?: number;
  /** Requests that run on it. */
  readonly active?: number;
  /** Concurrency that its profile hints at; 0 for none. */
  readonly hint?: number;
  /** True when the model would have to be loaded there first. */
  readonly cold?: boolean;
}

/** Candidates named a, b, c, … */
function candidates(servers: readonly Server[]): readonly Candidate[] {
  const registry = new Registry({ breaker: { failures: 5, open_for: 30_000, half_open_max: 1 } });
  return servers.map(({ priority = 100, active = 0, hint = 0, cold = false }, i) => {
    const name = String.fromCharCode(97 + i);
    const endpoint = testEndpoint({ name, url: `http://127.0.0.1:${i + 1}`, priority });
    const state = registry.add(endpoint, testProfile("ollama", { max_concurrent_requests: hint }));
    for (let n = 0; n < active; n++) registry.acquire(state, "m", 0);
    return { state, model: "m", known: undefined, isCold: () => cold, way: undefined };
  });
}

/** Names picked in `turns` turns that change no load. */
function picks(balancer: Balancer, servers: readonly Server[], turns: number, unavailable = ""): string {
  const all = candidates(servers);
  const accept = (candidate: Candidate) => !unavailable.includes(candidate.state.endpoint.name);
  let names = "";
  for (let turn = 0; turn < turns; turn++) names += balancer(all, accept, turn)?.state.endpoint.name ?? "-";
  return names;
}

describe("every balancer", () => {
  const list = fc.array(fc.record({ priority: fc.nat(3), active: fc.nat(3), hint: fc.nat(2) }), { maxLength: 6 });
  for (const [name, balancer] of Object.entries(BALANCERS)) {
    test(`${name} survives an empty list`, () => assert.equal(balancer([], () => true, 7), undefined));

    test(`${name} picks nothing when nothing is accepted`, () => {
      assert.equal(picks(balancer, [{}, {}], 3, "ab"), "---");
    });

    test(`${name} picks an accepted candidate whenever there is one`, () => {
      fc.assert(fc.property(list, fc.infiniteStream(fc.boolean()), fc.nat(), (servers, coin, turn) => {
        const all = candidates(servers);
        const accepted = new Set(all.filter(() => coin.next().value));
        const picked = balancer(all, (candidate) => accepted.has(candidate), turn);
        assert.equal(picked === undefined, accepted.size === 0);
        if (picked !== undefined) assert.ok(accepted.has(picked));
      }));
    });

    test(`${name} covers equal candidates over time`, () => {
      assert.equal([...new Set(picks(balancer, [{}, {}, {}], 3))].sort().join(""), "abc");
    });
  }
});

describe("priority", () => {
  const { priority } = BALANCERS;
  const cases: [name: string, servers: Server[], unavailable: string, expected: string][] = [
    ["takes the higher number", [{ priority: 1 }, { priority: 10 }], "", "bbbb"],
    ["falls to the next tier when the first is gone", [{ priority: 1 }, { priority: 10 }], "b", "aaaa"],
    ["stays in the first tier however busy it is", [{ priority: 1 }, { priority: 10, active: 50 }], "", "bbbb"],
    ["takes the fewest active inside a tier", [{ active: 2 }, { active: 1 }, { active: 3 }], "", "bbbb"],
    ["rotates ties", [{}, {}, { priority: 1 }], "", "abaa"],
    ["prefers room over a full backend", [{ active: 1, hint: 1 }, { active: 2, hint: 10 }], "", "bbbb"],
  ];
  for (const [name, servers, unavailable, expected] of cases) {
    test(name, () => assert.equal(picks(priority, servers, 4, unavailable), expected));
  }
});

describe("least-connections", () => {
  const balancer = BALANCERS["least-connections"];
  test("ignores priority", () => {
    assert.equal(picks(balancer, [{ priority: 1 }, { priority: 10, active: 1 }], 3), "aaa");
  });
  test("rotates ties", () => assert.equal(picks(balancer, [{}, {}, {}], 6), "abcabc"));
});

describe("round-robin", () => {
  const balancer = BALANCERS["round-robin"];
  test("ignores load and priority", () => {
    assert.equal(picks(balancer, [{ active: 9 }, { priority: 1 }, {}], 6), "abcabc");
  });
  test("leaves out the unavailable", () => assert.equal(picks(balancer, [{}, {}, {}], 4, "b"), "acac"));
});

describe("a model in memory", () => {
  const warm = (active = 0): Server => ({ active });
  const cold = (active = 0, priority = 100): Server => ({ active, priority, cold: true });
  const cases: [story: string, balancer: keyof typeof BALANCERS, servers: readonly Server[], picked: string][] = [
    ["wins among equals", "priority", [cold(), warm(), cold()], "bbb"],
    ["wins among equals", "least-connections", [cold(), warm()], "bbb"],
    ["wins with some more to do", "priority", [cold(), warm(3)], "bbb"],
    ["is shared among those that hold it", "priority", [cold(), warm(), warm()], "bbc"],
    ["is left when it has much more to do", "priority", [cold(), warm(5)], "aaa"],
    ["is left when its server is full", "priority", [cold(), { active: 2, hint: 2 }], "aaa"],
    ["does not outrank priority", "priority", [cold(0, 200), warm()], "aaa"],
    ["means nothing where nobody has it", "priority", [cold(), cold()], "aba"],
    ["does not stop a rotation that was asked for", "round-robin", [cold(), warm()], "aba"],
  ];
  for (const [story, balancer, servers, picked] of cases) {
    test(`${story} (${balancer})`, () => assert.equal(picks(BALANCERS[balancer], servers, 3), picked));
  }
});
