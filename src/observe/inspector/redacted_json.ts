/** Names whose values are secrets, in lower case and without `-` and `_`. */
const SECRET_NAMES = new Set([
  "accesstoken",
  "apikey",
  "auth",
  "authorization",
  "authorizationtoken",
  "authtoken",
  "clientsecret",
  "cookie",
  "credentials",
  "idtoken",
  "passphrase",
  "passwd",
  "password",
  "privatekey",
  "proxyauthorization",
  "refreshtoken",
  "secret",
  "secretkey",
  "setcookie",
  "token",
  "xapikey",
]);

/** Keys of well-known services, and what stands in `Authorization`, wherever they are in a text. */
const SECRET_TEXT =
  /\b(?:sk|rk|pk)-[\w-]{12,}|\b(?:gh[pousr]|github_pat|glpat|hf|gsk|xai|xox[abprs])[-_][\w-]{16,}|\bAKIA[0-9A-Z]{16}\b|\bAIza[\w-]{30,}|\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]+|\b(Bearer|Basic) +[\w.~+/=-]{8,}/gi;

const REDACTED = "[REDACTED]";
/** Longer texts (images, mostly) are cut. */
const LONGEST_TEXT = 128 * 1024;
const LEFT_OUT = "[left out: the entry is too long]";
/** What each value costs beside its text: quotes, commas, and the work on it. */
const VALUE_COST = 4;
/** The same with its number, for values in lists. */
const ITEM_COST = 12;

function isSecretName(name: string): boolean {
  return name.length <= 32 && SECRET_NAMES.has(name.toLowerCase().replace(/[-_]/g, ""));
}

/** A text without what looks like a credential. */
export function redactText(text: string): string {
  return text.replace(SECRET_TEXT, (_, scheme?: string) => scheme === undefined ? REDACTED : `${scheme} ${REDACTED}`);
}

/**
 * A value as JSON on one line, without credentials, and not much longer than `maxLength` (in UTF-16 units): what comes
 * after that is left out. Undefined for what cannot be JSON (nested too deep, or in itself).
 */
export function redactedJson(value: unknown, maxLength: number): string | undefined {
  let left = maxLength;
  let isOver = false;
  const write = (name: string, item: unknown): unknown => {
    left -= name.length + VALUE_COST;
    if (left <= 0) {
      if (isOver) return undefined;
      isOver = true;
      return LEFT_OUT;
    }
    if (isSecretName(name)) {
      if (typeof item === "string" || typeof item === "number") return REDACTED;
      if (Array.isArray(item)) return item.map((one: unknown) => typeof one === "string" ? REDACTED : one);
    }
    if (Array.isArray(item)) return item.length * ITEM_COST > left ? shortened(item, left) : item;
    if (typeof item !== "string") return item;
    const most = Math.min(LONGEST_TEXT, left);
    const text = redactText(item.length > most ? item.slice(0, most) : item);
    left -= text.length;
    return item.length > most ? `${text}… [${item.length - most} more characters]` : text;
  };
  try {
    return JSON.stringify(value, write);
  } catch {
    return undefined;
  }
}

/** No more items than there is room for, so that a list of a million numbers is not walked through. */
function shortened(items: readonly unknown[], room: number): unknown[] {
  const kept = items.slice(0, Math.floor(room / (2 * ITEM_COST)));
  return [...kept, `[${items.length - kept.length} more items]`];
}
