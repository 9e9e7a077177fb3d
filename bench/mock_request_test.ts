import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { formatStreamOrder, type MockRequest, parseStreamOrder, RequestReader } from "./mock_request.ts";

const order = { id: 7, every: 100, count: 50 };
const cases: readonly [string, string, MockRequest][] = [
  ["GET", "GET /v1/models?x=1 HTTP/1.1\r\nHost: a\r\n\r\n", { method: "GET", path: "/v1/models", stream: undefined }],
  [
    "POST",
    'POST /v1/x HTTP/1.1\r\ncontent-length: 8\r\n\r\n{"a":\r\n}',
    { method: "POST", path: "/v1/x", stream: undefined },
  ],
  [
    "a stream order",
    `POST /v1/x HTTP/1.1\r\nX-Bench: ${formatStreamOrder(order)}\r\nContent-Length: 1\r\n\r\na`,
    { method: "POST", path: "/v1/x", stream: order },
  ],
];

function read(pieces: readonly Buffer[]): MockRequest[] {
  const reader = new RequestReader();
  return pieces.map((piece) => reader.push(piece)).filter((request) => request !== undefined);
}

describe("RequestReader", () => {
  for (const [name, text, expected] of cases) {
    test(`reads ${name} however it is cut`, () => {
      const bytes = Buffer.from(text);
      fc.assert(fc.property(fc.nat({ max: bytes.length }), fc.nat({ max: bytes.length }), (a, b) => {
        const [from, to] = a < b ? [a, b] : [b, a];
        const pieces = [bytes.subarray(0, from), bytes.subarray(from, to), bytes.subarray(to)];
        assert.deepEqual(read(pieces.filter((piece) => piece.length > 0)), [expected]);
      }));
    });
  }

  test("reads one request after another", () => {
    assert.deepEqual(read(cases.map(([, text]) => Buffer.from(text))), cases.map(([, , expected]) => expected));
  });

  const refused: readonly [string, string, RegExp][] = [
    ["chunked uploads", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", /Transfer-Encoding/],
    ["bytes after the body", "POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\nabc", /2 bytes after/],
    ["no request line", "hello\r\n\r\n", /starts with "hello/],
    ["an endless head", "a".repeat(70_000), /over 64 KiB/],
  ];
  for (const [name, text, message] of refused) {
    test(`refuses ${name}`, () => assert.throws(() => read([Buffer.from(text)]), message));
  }
});

describe("parseStreamOrder", () => {
  test("reads what formatStreamOrder wrote", () => {
    fc.assert(fc.property(fc.nat(), fc.nat(), fc.nat(), (id, every, count) => {
      assert.deepEqual(parseStreamOrder(formatStreamOrder({ id, every, count })), { id, every, count });
    }));
  });

  for (const value of ["", "stream", "stream;id=x;every=1;count=1", "json;id=1;every=1;count=1"]) {
    test(`orders nothing for "${value}"`, () => assert.equal(parseStreamOrder(value), undefined));
  }
});
