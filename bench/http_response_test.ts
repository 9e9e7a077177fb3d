import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { ResponseParser } from "./http_response.ts";

interface Read {
  readonly status: number;
  readonly body: string;
}

/** Feeds the pieces and lists the completed answers. */
function readAll(pieces: readonly Buffer[]): Read[] {
  const answers: Read[] = [];
  let body = "";
  const parser = new ResponseParser({
    onBody: (bytes) => {
      body += Buffer.from(bytes).toString("latin1");
    },
  });
  for (const piece of pieces) {
    if (!parser.push(piece)) continue;
    assert.equal(parser.bodyBytes, body.length);
    answers.push({ status: parser.status, body });
    body = "";
  }
  return answers;
}

/** Cuts `text` at the given places. */
function cut(text: string, places: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text, "latin1");
  const at = [...new Set(places.map((place) => place % bytes.length))].sort((a, b) => a - b);
  return [0, ...at].map((from, i) => bytes.subarray(from, at[i] ?? bytes.length)).filter((piece) => piece.length > 0);
}

const cases: readonly [string, string, Read][] = [
  ["a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", { status: 200, body: "hello" }],
  ["a length in lower case", "HTTP/1.1 200 OK\r\na: b\r\ncontent-length:5 \r\n\r\nhello", {
    status: 200,
    body: "hello",
  }],
  ["length zero", "HTTP/1.1 500 Oh no\r\nContent-Length: 0\r\n\r\n", { status: 500, body: "" }],
  ["204 without length", "HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n", { status: 204, body: "" }],
  [
    "chunks",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;x=y\r\n1234\r\n7890\r\n0\r\n\r\n",
    { status: 200, body: "hello1234\r\n7890" },
  ],
  [
    "chunks and a trailer",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n",
    { status: 200, body: "a" },
  ],
];

describe("ResponseParser", () => {
  for (const [name, text, expected] of cases) {
    test(`reads an answer with ${name} however it is cut`, () => {
      assert.deepEqual(readAll([Buffer.from(text, "latin1")]), [expected]);
      fc.assert(fc.property(fc.array(fc.nat()), (places) => {
        assert.deepEqual(readAll(cut(text, places)), [expected]);
      }));
    });
  }

  test("reads one answer after the other on a connection", () => {
    const texts = cases.map(([, text]) => Buffer.from(text, "latin1"));
    assert.deepEqual(readAll(texts), cases.map(([, , expected]) => expected));
  });

  const broken: readonly [string, string, RegExp][] = [
    ["bytes after the end", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab", /1 bytes after its end/],
    ["bytes after an empty body", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nab", /2 bytes after its end/],
    ["a chunk that is too long", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n", /longer than/],
    ["a chunk size that is none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", /chunk size "xyz"/],
    ["something else", "SSH-2.0-OpenSSH\r\n\r\n", /it starts with "SSH-2.0/],
    ["a body that only the close ends", "HTTP/1.1 200 OK\r\nServer: x\r\n\r\nabc", /without Content-Length/],
    ["an endless head", `HTTP/1.1 200 OK\r\nA: ${"b".repeat(70_000)}`, /within 64 KiB/],
  ];
  for (const [name, text, message] of broken) {
    test(`refuses ${name}`, () => assert.throws(() => readAll([Buffer.from(text)]), message));
  }
});
