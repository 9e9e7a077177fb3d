import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isAvailable, isLastResort } from "./availability.ts";
import type { FailReason, ProbeResult } from "./health.ts";
import { type Lease, Registry } from "./registry.ts";
import type { EndpointEvent, EndpointState } from "./state.ts";
import { testEndpoint, testProfile } from "./test_support.ts";

const BREAKER = { failures: 2, open_for: 1000, half_open_max: 1 };
const NOW = 10_000;

function answer(status: number): ProbeResult {
  return {
    kind: "answered",
    status,
    latencyMs: 7,
    loading: false,
    detail: status < 300 ? "" : `its health check answers ${status}`,
  };
}

function failure(reason: FailReason): ProbeResult {
  return { kind: "failed", reason, latencyMs: 7, detail: reason };
}

function setUp(fields = {}): { registry: Registry; state: EndpointState; events: string[] } {
  const registry = new Registry({ breaker: BREAKER });
  const events: string[] = [];
  const state = registry.add(testEndpoint(fields), testProfile("ollama"));
  registry.observe(state, answer(200), NOW, NOW);
  registry.subscribe((event) => events.push(spell(event)));
  return { registry, state, events };
}

function spell(event: EndpointEvent): string {
  switch (event.kind) {
    case "status":
    case "breaker":
      return `${event.kind} ${event.from}>${event.to}`;
    case "type_detected":
      return `type ${event.type}`;
    default:
      return event.kind;
  }
}

describe("the set", () => {
  test("keeps the order, gives a new array only when the set changes, and moves its version", () => {
    const registry = new Registry({ breaker: BREAKER });
    const events: string[] = [];
    registry.subscribe((event) => events.push(`${event.kind} ${event.state.endpoint.name}`));
    const one = registry.add(testEndpoint({ name: "one", url: "http://a:1" }), testProfile("ollama"));
    const two = registry.add(testEndpoint({ name: "two", url: "http://b:1" }), testProfile("vllm"));
    assert.deepEqual(registry.list(), [one, two]);
    assert.equal(registry.list(), registry.list());
    assert.equal(registry.get("two"), two);
    const version = registry.version;
    assert.equal(registry.remove("one"), true);
    assert.equal(registry.remove("one"), false);
    assert.deepEqual(registry.list(), [two]);
    assert.ok(registry.version > version);
    assert.deepEqual(events, ["added one", "added two", "removed one"]);
  });

  test("refuses a name twice", () => {
    const registry = new Registry({ breaker: BREAKER });
    registry.add(testEndpoint(), undefined);
    assert.throws(() => registry.add(testEndpoint(), undefined), /name is taken/);
  });

  test("tells two endpoints with one id apart, and hides the secrets of both", () => {
    const registry = new Registry({ breaker: BREAKER });
    const fields = { resolved_headers: { authorization: "Bearer hush" }, secret_headers: ["authorization"] };
    const one = registry.add(testEndpoint({ name: "one", ...fields }), undefined);
    const two = registry.add(testEndpoint({ name: "two", ...fields }), undefined);
    assert.equal(two.endpoint.id, `${one.endpoint.id}-2`);
    assert.equal(two.endpoint.headers.authorization, "Bearer hush");
    assert.doesNotMatch(JSON.stringify([one.endpoint, two.endpoint]), /hush/);
    assert.match(JSON.stringify(two.endpoint), /"name":"two"/);
  });

  test("a removed endpoint takes no more results, and its leases still end", () => {
    const { registry, state, events } = setUp();
    const lease = registry.acquire(state, "a", NOW);
    registry.remove("one");
    registry.observe(state, failure("refused"), NOW, NOW);
    lease.release();
    assert.equal(state.active, 0);
    assert.deepEqual(events, ["removed"]);
  });

  test("a state that does not come from a registry is refused", () => {
    const { registry, state } = setUp();
    assert.throws(() => registry.acquire({ ...state } as EndpointState, "a", NOW), TypeError);
  });
});

describe("status", () => {
  test("only flips are events, and each moves the version", () => {
    const { registry, state, events } = setUp();
    const version = registry.version;
    for (let i = 0; i < 3; i++) registry.observe(state, answer(200), NOW, NOW);
    assert.equal(registry.version, version);
    for (let i = 0; i < 5; i++) registry.observe(state, failure("refused"), NOW, NOW);
    registry.observe(state, answer(200), NOW + 1, NOW + 1);
    assert.deepEqual(events, ["status healthy>offline", "status offline>healthy"]);
    assert.equal(registry.version, version + 2);
  });

  test("an endpoint that flaps every second makes two events per flap and nothing else", () => {
    const { registry, state, events } = setUp();
    for (let i = 0; i < 10; i++) {
      registry.observe(state, failure("refused"), NOW + i, NOW + i);
      registry.observe(state, answer(200), NOW + i, NOW + i);
    }
    assert.equal(events.length, 20);
    assert.equal(isAvailable(state, "a", NOW + 10), true);
  });

  test("remembers figures of the checks and the last error in plain words", () => {
    const { registry, state } = setUp();
    registry.observe(state, { ...answer(200), latencyMs: 3 } as ProbeResult, NOW, NOW + 5);
    registry.observe(state, { ...answer(500), latencyMs: 11 } as ProbeResult, NOW, NOW + 6);
    registry.observe(state, failure("timeout"), NOW, NOW + 7);
    assert.deepEqual(
      [state.lastCheckAt, state.lastLatencyMs, state.minLatencyMs, state.maxLatencyMs, state.avgLatencyMs],
      [NOW + 7, 11, 3, 11, 7],
    );
    assert.equal(state.consecutiveFailures, 2);
    assert.equal(state.lastError, "timeout");
    registry.observe(state, answer(200), NOW + 8, NOW + 8);
    assert.deepEqual([state.status, state.detail, state.lastError, state.statusSince], ["healthy", "", "timeout", NOW]);
  });

  test("draining hides what the checks say, and ends", () => {
    const { registry, state, events } = setUp();
    registry.setDraining(state, true, NOW);
    registry.observe(state, failure("refused"), NOW, NOW);
    assert.equal(state.status, "draining");
    registry.setDraining(state, false, NOW);
    assert.deepEqual(events, ["status healthy>draining", "status draining>offline"]);
  });

  test("a check that answers 401 shows the YAML to add", () => {
    const { registry, state } = setUp();
    registry.observe(state, answer(401), NOW, NOW);
    assert.equal(state.status, "config_error");
    assert.match(
      state.detail,
      /answers 401\. Add its credentials to the config:\n {2}- name: "one"\n[^]*auth:\n {6}type: bearer/,
    );
    assert.equal(state.lastError, "its health check answers 401");
  });

  test("a model list that answers 401 outweighs good checks, until it comes", () => {
    const { registry, state, events } = setUp();
    registry.reportAuthFailure(state, 403, "discovery", NOW);
    registry.observe(state, answer(200), NOW, NOW);
    assert.equal(state.status, "config_error");
    assert.match(state.detail, /its model list answers 403[^]*auth:/);
    registry.reportDiscoverySuccess(state, NOW);
    assert.equal(state.status, "healthy");
    assert.deepEqual(events, ["status healthy>config_error", "status config_error>healthy"]);
  });

  test("after it was offline, the model list is to say again whether the credentials are good", () => {
    const { registry, state } = setUp();
    registry.reportAuthFailure(state, 401, "discovery", NOW);
    registry.observe(state, failure("refused"), NOW, NOW);
    registry.observe(state, answer(200), NOW + 1, NOW + 1);
    assert.equal(state.status, "healthy");
  });

  test("with forward_auth a refused model list is no fault", () => {
    const { registry, state } = setUp({ forward_auth: true });
    registry.reportAuthFailure(state, 401, "discovery", NOW);
    assert.equal(state.status, "healthy");
    registry.observe(state, answer(401), NOW, NOW);
    assert.deepEqual([state.status, state.detail], ["healthy", ""]);
  });

  test("a request that met a loading model makes it warming until the next good check", () => {
    const { registry, state, events } = setUp();
    registry.markWarming(state, "a", NOW + 5000, NOW);
    assert.equal(registry.restUntil(state, "a", NOW), NOW + 5000);
    registry.observe(state, answer(200), NOW + 1, NOW + 1);
    assert.deepEqual(events, ["status healthy>warming", "status warming>healthy"]);
  });
});

describe("what requests report", () => {
  test("a refused request takes it offline at once and wants a check within a second", () => {
    const { registry, state, events } = setUp();
    registry.reportUnreachable(state, "connection refused", NOW);
    assert.equal(state.status, "offline");
    assert.deepEqual([state.detail, state.lastError], ["connection refused", "connection refused"]);
    assert.ok(state.nextCheckAt <= NOW + 1000);
    assert.deepEqual(events, ["status healthy>offline", "check_wanted"]);
  });

  test("a hundred refused requests count once, so that the next checks stay close", () => {
    const { registry, state } = setUp();
    for (let i = 0; i < 100; i++) registry.reportUnreachable(state, "connection refused", NOW);
    assert.equal(state.consecutiveFailures, 1);
  });

  test("a good check that was under way when a request found nothing there does not count", () => {
    const { registry, state } = setUp();
    registry.reportUnreachable(state, "connection refused", NOW + 10);
    registry.observe(state, answer(200), NOW + 9, NOW + 11);
    assert.equal(state.status, "offline");
    registry.observe(state, answer(200), NOW + 10, NOW + 12);
    assert.equal(state.status, "healthy");
  });

  test("transport failures open the breaker, a good check half-opens it, a success closes it", () => {
    const { registry, state, events } = setUp();
    registry.reportTransportFailure(state, NOW);
    registry.reportTransportFailure(state, NOW);
    assert.equal(isAvailable(state, "a", NOW), false);
    assert.equal(state.status, "healthy");
    assert.equal(state.breakerWord(NOW), "open");
    assert.equal(state.breakerWord(NOW + 1000), "half_open");
    registry.observe(state, answer(200), NOW + 1, NOW + 1);
    assert.equal(isAvailable(state, "a", NOW + 1), true);
    registry.acquire(state, "a", NOW + 1);
    assert.equal(isAvailable(state, "a", NOW + 1), false);
    registry.reportSuccess(state, "a", NOW + 2);
    assert.equal(isAvailable(state, "a", NOW + 2), true);
    assert.equal(state.lastSuccessAt, NOW + 2);
    assert.deepEqual(events, ["breaker closed>open", "breaker open>half_open", "breaker half_open>closed"]);
  });

  test("a failed check does not half-open the breaker", () => {
    const { registry, state } = setUp();
    registry.reportTransportFailure(state, NOW);
    registry.reportTransportFailure(state, NOW);
    registry.observe(state, answer(500), NOW, NOW);
    assert.equal(state.breakerWord(NOW), "open");
  });

  test("a client that leaves a trial gives its slot back, once", () => {
    const { registry, state } = setUp();
    registry.reportTransportFailure(state, NOW);
    registry.reportTransportFailure(state, NOW);
    const lease = registry.acquire(state, "a", NOW + 1000);
    assert.equal(isAvailable(state, "a", NOW + 1001), false);
    lease.release();
    assert.equal(isAvailable(state, "a", NOW + 1001), true);
    registry.acquire(state, "a", NOW + 1001);
    lease.release();
    assert.equal(isAvailable(state, "a", NOW + 1002), false);
  });

  test("answered failures count per model, with trials of their own", () => {
    const { registry, state } = setUp();
    registry.reportAnswerFailure(state, "a", NOW);
    registry.reportAnswerFailure(state, "a", NOW);
    assert.equal(isAvailable(state, "b", NOW), true);
    assert.equal(isAvailable(state, "a", NOW), false);
    // A good check tells nothing of one model.
    registry.observe(state, answer(200), NOW, NOW);
    assert.equal(isAvailable(state, "a", NOW), false);
    const trial = registry.acquire(state, "a", NOW + 1000);
    assert.equal(isAvailable(state, "a", NOW + 1000), false);
    trial.release();
    assert.equal(isAvailable(state, "a", NOW + 1000), true);
    registry.reportSuccess(state, "a", NOW + 1000);
    assert.equal(state.models.size, 0);
  });

  test("the only server with a model serves the sixth request after five poisoned ones", () => {
    const { registry, state } = setUp();
    for (let i = 0; i < 5; i++) {
      const lease = registry.acquire(state, "a", NOW);
      registry.reportAnswerFailure(state, "a", NOW);
      lease.release();
    }
    assert.equal(isAvailable(state, "a", NOW), false);
    assert.equal(isLastResort(state, "a", NOW), true);
    const lease = registry.acquire(state, "a", NOW);
    registry.reportSuccess(state, "a", NOW);
    lease.release();
    assert.equal(isAvailable(state, "a", NOW), true);
  });

  test("after it was away, models that had failed get a trial at once", () => {
    const { registry, state } = setUp();
    registry.reportAnswerFailure(state, "a", NOW);
    registry.reportAnswerFailure(state, "a", NOW);
    registry.observe(state, failure("refused"), NOW, NOW);
    registry.observe(state, answer(200), NOW + 1, NOW + 1);
    assert.equal(isAvailable(state, "a", NOW + 1), true);
  });

  test("streams that move keep it busy instead of offline, for as long as they move", () => {
    const { registry, state } = setUp();
    for (let i = 1; i <= 5; i++) {
      const now = NOW + i * 5000;
      registry.reportActivity(state, now - 100);
      registry.observe(state, failure("timeout"), now - 2000, now);
      assert.equal(state.status, "busy");
    }
    for (let i = 7; i <= 10; i++) registry.observe(state, failure("timeout"), NOW, NOW + i * 5000);
    assert.equal(state.status, "offline");
  });
});

describe("requests that wait for headers", () => {
  const cases: [FailReason, boolean][] = [
    ["refused", true],
    ["reset", true],
    ["no_route", true],
    ["timeout", false],
    ["dns", false],
    ["tls", false],
    ["other", false],
  ];
  for (const [reason, told] of cases) {
    test(`are ${told ? "told" : "not told"} when a check fails by ${reason}`, () => {
      const { registry, state } = setUp();
      let calls = 0;
      const off = registry.onProbeRefused(state, () => calls++);
      registry.observe(state, failure(reason), NOW, NOW);
      assert.equal(calls, told ? 1 : 0);
      off();
      registry.observe(state, failure(reason), NOW, NOW);
      assert.equal(calls, told ? 1 : 0);
    });
  }

  test("may stop listening while they are told", () => {
    const { registry, state } = setUp();
    const told: string[] = [];
    const off = registry.onProbeRefused(state, () => {
      told.push("first");
      off();
    });
    registry.onProbeRefused(state, () => told.push("second"));
    registry.observe(state, failure("refused"), NOW, NOW);
    assert.deepEqual(told, ["first", "second"]);
  });
});

test("whatever is reported, the active count is right and a quiet endpoint becomes available again", () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constantFrom("acquire", "transport", "answer", "success", "unreachable", "good", "timeout"),
      model: fc.constantFrom("a", "b"),
    }),
    fc.record({ do: fc.constant("release"), which: fc.nat(20) }),
    fc.record({ do: fc.constant("wait"), ms: fc.integer({ min: 1, max: 1500 }) }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const { registry, state } = setUp();
    const leases: Lease[] = [];
    const held = new Set<Lease>();
    let now = NOW;
    for (const next of steps) {
      now++;
      if ("ms" in next) now += next.ms;
      else if ("which" in next) {
        const lease = leases[next.which % Math.max(1, leases.length)];
        lease?.release();
        if (lease !== undefined) held.delete(lease);
      } else if (next.do === "acquire") {
        const lease = registry.acquire(state, next.model, now);
        leases.push(lease);
        held.add(lease);
      } else if (next.do === "transport") registry.reportTransportFailure(state, now);
      else if (next.do === "answer") registry.reportAnswerFailure(state, next.model, now);
      else if (next.do === "success") registry.reportSuccess(state, next.model, now);
      else if (next.do === "unreachable") registry.reportUnreachable(state, "refused", now);
      else registry.observe(state, next.do === "good" ? answer(200) : failure("timeout"), now, now);
      assert.equal(state.active, held.size);
    }
    for (const lease of leases) lease.release();
    assert.equal(state.active, 0);
    now += BREAKER.open_for;
    registry.observe(state, answer(200), now, now);
    assert.equal(isAvailable(state, "a", now), true);
    assert.equal(isAvailable(state, "b", now), true);
  }));
});
