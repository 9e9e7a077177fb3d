import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { bytes, closeSilently, garbage, hang, huge, inTurn, json, reset, sse, stream, wrongLength } from "./answers.ts";
import { BlackHole } from "./black_hole.ts";
import { eventually, within } from "./eventually.ts";
import { type Answer, FakeBackend } from "./fake_backend.ts";
import { FakeLlm } from "./fake_llm.ts";
import { deadUrl } from "./free_port.ts";
import { RawConnection, rawPost, rawRequest } from "./raw_http.ts";

const GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

async function ask(answer: Answer) {
  await using backend = await FakeBackend.start(answer);
  await using connection = await RawConnection.open(backend.port);
  await connection.send(GET);
  const response = await connection.response().catch(() => undefined);
  await eventually("the connection's fate is known", () => response?.complete === true || !connection.open);
  return { response, wasReset: connection.wasReset, open: connection.open };
}

describe("FakeBackend", () => {
  test("records method, target, headers in order and body, from a length or from chunks", async () => {
    await using backend = await FakeBackend.start(json({ ok: true }));
    await rawRequest(backend.port, rawPost("/a?b=c", "hello", { "X-Two": "2" }));
    const chunked = "POST /chunked HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n";
    await rawRequest(backend.port, chunked);
    assert.deepEqual(backend.requests.map(({ method, target }) => [method, target]), [
      ["POST", "/a?b=c"],
      ["POST", "/chunked"],
    ]);
    assert.deepEqual(backend.requests.map(({ body }) => body.toString()), ["hello", "hello"]);
    assert.deepEqual(backend.requests[0]?.headers.at(-1), ["X-Two", "2"]);
    assert.equal(backend.requests[0]?.header("x-two"), "2");
  });

  test("serves several requests on one connection", async () => {
    await using backend = await FakeBackend.start(inTurn(json(1), json(2)));
    await using connection = await RawConnection.open(backend.port);
    for (const expected of ["1", "2", "2"]) {
      connection.expect();
      await connection.send(GET);
      assert.equal((await connection.response()).body.toString(), expected);
    }
    assert.deepEqual(backend.requests.map(({ connection }) => connection), [1, 1, 1]);
  });

  test("resets a connection when it is used again, if told so", async () => {
    await using backend = await FakeBackend.start(json(1), { resetOnReuse: true });
    await using connection = await RawConnection.open(backend.port);
    await connection.send(GET);
    await connection.response();
    await connection.send(GET);
    await eventually("the connection is reset", () => connection.wasReset);
    assert.equal(backend.staleResets, 1);
  });

  test("sees at once when the other side leaves, by a close or by a reset", async () => {
    await using backend = await FakeBackend.start(hang());
    for (const leave of ["close", "reset"] as const) {
      await using connection = await RawConnection.open(backend.port);
      await connection.send(GET);
      const request = await eventually("the request arrives", () => backend.requests.at(leave === "close" ? 0 : 1));
      const left = performance.now();
      connection[leave]();
      const goneAt = await eventually("it is seen as gone", () => request.goneAt, { every: 1 });
      assert.ok(goneAt - left < 50);
    }
  });

  test("refuses connections after refuse(), and takes them on the same port after listen()", async () => {
    await using backend = await FakeBackend.start(json(1));
    await backend.refuse();
    await assert.rejects(RawConnection.open(backend.port));
    await backend.listen();
    assert.equal((await rawRequest(backend.port, GET)).status, 200);
  });

  test("refuses new connections after refuseNew(), and serves the old ones", async () => {
    await using backend = await FakeBackend.start(json(1));
    await using old = await RawConnection.open(backend.port);
    await old.send(GET);
    await old.response();
    await backend.refuseNew();
    await assert.rejects(RawConnection.open(backend.port));
    old.expect();
    await old.send(GET);
    assert.equal((await old.response()).status, 200);
  });
});

describe("the answers", () => {
  test("hang() says nothing", async () => {
    await using backend = await FakeBackend.start(hang());
    await using connection = await RawConnection.open(backend.port);
    await connection.send(GET);
    await assert.rejects(connection.response(100));
    assert.ok(connection.open);
  });

  const fates: [string, Answer, { complete?: boolean; body?: string; wasReset: boolean }][] = [
    ["reset() resets before any byte", reset(), { wasReset: true }],
    ["closeSilently() closes before any byte", closeSilently(), { wasReset: false }],
    ["bytes() is whole", bytes("abc"), { complete: true, body: "abc", wasReset: false }],
    ["sse() is whole", sse([1]), { complete: true, body: "data: 1\n\ndata: [DONE]\n\n", wasReset: false }],
    ["a chunked stream can be cut", stream(["ab"], { ending: "cut" }), {
      complete: false,
      body: "ab",
      wasReset: false,
    }],
    [
      "a chunked stream can be reset",
      stream(["ab"], { ending: "reset" }),
      { complete: false, body: "ab", wasReset: true },
    ],
    [
      "a close-delimited stream that is cut looks whole",
      stream(["ab"], { framing: "close", ending: "cut" }),
      { complete: true, body: "ab", wasReset: false },
    ],
    [
      "a stream with a length can be cut",
      stream(["ab"], { framing: { length: 5 }, ending: "cut" }),
      { complete: false, body: "ab", wasReset: false },
    ],
    ["wrongLength() is short", wrongLength("ab", 9), { complete: false, body: "ab", wasReset: false }],
  ];
  for (const [name, answer, expected] of fates) {
    test(name, async () => {
      const { response, wasReset } = await ask(answer);
      assert.deepEqual({ complete: response?.complete, body: response?.body.toString(), wasReset }, {
        complete: expected.complete,
        body: expected.body,
        wasReset: expected.wasReset,
      });
    });
  }

  test("garbage() sends what is no HTTP", async () => {
    await using backend = await FakeBackend.start(garbage("SSH-2.0-x\r\n"));
    await assert.rejects(fetch(backend.url));
  });

  test("huge() waits for a slow reader", async () => {
    const total = 64 * 1024 * 1024;
    await using backend = await FakeBackend.start(huge(total, Buffer.alloc(65_536, "x")));
    await using connection = await RawConnection.open(backend.port);
    connection.pause();
    await connection.send(GET);
    await sleep(200);
    const waiting = connection.receivedLength;
    connection.resume();
    assert.equal((await connection.response()).body.length, total);
    assert.ok(waiting < total / 2, `${waiting} bytes arrived at a reader that did not read`);
  });
});

describe("FakeLlm", () => {
  test("answers health checks, lists and chats of both dialects", async () => {
    await using llm = await FakeLlm.start({ name: "one", models: ["m"] });
    assert.equal((await fetch(llm.url)).status, 200);
    assert.equal((await (await fetch(`${llm.url}/api/tags`)).json()).models[0].name, "m");
    const post = (path: string, body: unknown) =>
      fetch(`${llm.url}${path}`, { method: "POST", body: JSON.stringify(body) });
    const chat = await (await post("/v1/chat/completions", { model: "m" })).json();
    assert.equal(chat.choices[0].message.content, "from one");
    assert.match(await (await post("/v1/chat/completions", { model: "m", stream: true })).text(), /\[DONE\]/);
    assert.match(await (await post("/api/chat", { model: "m" })).text(), /"done":true/);
    assert.equal(llm.inferences.length, 3);
  });
});

describe("BlackHole", () => {
  test("answers, then neither accepts nor refuses, then answers again", { timeout: 20_000 }, async () => {
    await using hole = await BlackHole.start({ name: "hole", models: ["m"] });
    assert.equal((await fetch(hole.url)).status, 200);
    await hole.freeze();
    await assert.rejects(within(500, "a connection", RawConnection.open(hole.port)), /in vain/);
    hole.thaw();
    await eventually("it answers again", async () => (await fetch(hole.url)).status === 200);
  });
});

describe("deadUrl()", () => {
  test("gives a URL that refuses", async () => {
    await assert.rejects(RawConnection.open(Number(new URL(await deadUrl()).port)));
  });
});
