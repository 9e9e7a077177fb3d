/** The one model that the mock serves where no catalogue is wanted. */
export const BENCH_MODEL = "bench-model";

/** Request bodies by scenario. */
export type PayloadKind = "small" | "60kb" | "3mb";

const WORDS = "The quick brown fox jumps over the lazy dog while the model thinks about an answer. ";

/** `size` characters of plain text with a quotation mark and a line break now and then, as prompts have. */
function prose(size: number): string {
  const paragraph = `${WORDS.repeat(4)}She said: "go on".\n`;
  return paragraph.repeat(Math.ceil(size / paragraph.length)).slice(0, size);
}

function messages(kind: PayloadKind): unknown[] {
  const system = { role: "system", content: "You are a helpful assistant." };
  switch (kind) {
    case "small":
      return [system, { role: "user", content: prose(120) }];
    case "60kb":
      // A long conversation: many messages, since a scan's cost grows with the number of strings.
      return [
        system,
        ...Array.from({ length: 60 }, (_, i) => ({ role: i % 2 === 0 ? "user" : "assistant", content: prose(930) })),
      ];
    case "3mb":
      return [{
        role: "user",
        content: [
          { type: "text", text: "What is in this picture?" },
          { type: "image_url", image_url: { url: `data:image/png;base64,${"iVBORw0KGgoAAAAN".repeat(196_608)}` } },
        ],
      }];
  }
}

/**
 * A chat completion request. The model comes after the messages, as the Python SDK sends it: a gateway that reads only
 * the first kilobytes does not find it.
 */
export function chatBody(kind: PayloadKind, stream: boolean, model: string = BENCH_MODEL): Buffer {
  return Buffer.from(JSON.stringify({
    messages: messages(kind),
    model,
    ...(stream ? { stream: true } : {}),
  }));
}

/** A small request for a stream in Anthropic's dialect: what {@link chatBody} says in OpenAI's. */
export function messagesBody(): Buffer {
  return Buffer.from(JSON.stringify({
    system: "You are a helpful assistant.",
    messages: [{ role: "user", content: prose(120) }],
    model: BENCH_MODEL,
    max_tokens: 4096,
    stream: true,
  }));
}

/** A GET as it goes over the wire. */
export function getRequest(path: string, port: number): Buffer {
  return Buffer.from(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUser-Agent: olla-bench/1\r\nAccept: application/json\r\n\r\n`,
  );
}

/** Head and body of one POST as it goes over the wire. */
export function chatRequest(options: {
  readonly path: string;
  readonly port: number;
  readonly body: Buffer;
  /** Value of `X-Bench`; none for a plain answer. */
  readonly order?: string | undefined;
}): Buffer {
  const lines = [
    `POST ${options.path} HTTP/1.1`,
    `Host: 127.0.0.1:${options.port}`,
    "User-Agent: olla-bench/1",
    "Accept: application/json",
    "Content-Type: application/json",
    "Authorization: Bearer sk-bench",
    ...(options.order === undefined ? [] : [`X-Bench: ${options.order}`]),
    `Content-Length: ${options.body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), options.body]);
}
