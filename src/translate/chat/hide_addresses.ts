/** What stands in the place of an address. */
const HIDDEN = "[address]";

/** Longest text that is searched; the patterns below never see more, whatever a backend sends. */
const LONGEST_SEARCHED = 16_384;

/**
 * What gives a backend away, in the words of the HTTP clients that write such messages. All URLs go, since nothing in a
 * text tells a link to documentation from the address of a server inside a company's network. Model names such as
 * `llama3.1:8b` must stay: a port without a dot in the name before it has four or five digits.
 */
const ADDRESSES: readonly (readonly [RegExp, string])[] = [
  // http://10.0.0.4:8000/v1, unix:///run/x.sock, redis://…
  [/\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s"'<>`)\]},]+/gi, HIDDEN],
  [/\bunix:[^\s"'<>`)\]},]+/gi, HIDDEN],
  // Python: HTTPConnectionPool(host='gpu-1', port=8000)
  [/\bhost=(['"])[^'"]*\1(?:, ?port=\d+)?/gi, HIDDEN],
  // Go and Node: lookup gpu-1 on 127.0.0.53:53, getaddrinfo ENOTFOUND gpu-1
  [/\b(lookup|ENOTFOUND|EAI_AGAIN) (?!\[)[\w.:-]+/g, `$1 ${HIDDEN}`],
  // [::1]:8000, and IPv6 without brackets
  [/\[[0-9a-f]{0,4}:[0-9a-f:.]{1,45}(?:%\w+)?\](?::\d{1,5})?/gi, HIDDEN],
  [/(?<![\w:.])(?=[0-9a-f:]{0,39}::|(?:[0-9a-f]{1,4}:){7})(?=[a-f:]*\d)[0-9a-f:]{3,39}(?:%\w+)?(?![\w:])/gi, HIDDEN],
  [/(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?![\w.]*\d)/g, HIDDEN],
  // gpu.example.com:443
  [/(?<![\w.-])(?:[a-z0-9_-]{1,63}\.){1,8}[a-z]{2,24}:\d{2,5}(?!\w|\.\d)/gi, HIDDEN],
  // gpu-1:8000, localhost:11434, but not max_tokens:8192
  [/(?<![\w.:/-])(?!\w*(?:token|ctx|length|limit|size))[a-z][a-z0-9._-]{0,62}:\d{4,5}(?![\w:-]|\.\d)/gi, HIDDEN],
];

/** A text without URLs, IP addresses and `host:port`, at most 16,384 characters of it. */
export function hideAddresses(text: string): string {
  let shown = text.slice(0, LONGEST_SEARCHED);
  for (const [pattern, replacement] of ADDRESSES) shown = shown.replace(pattern, replacement);
  return shown;
}
