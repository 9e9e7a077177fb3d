import { isIP } from "node:net";

/**
 * Says what is wrong with a range of addresses such as `10.0.0.0/8` or `::1/128`.
 * @returns What it must be, or undefined when it is well formed.
 */
export function cidrProblem(text: string): string | undefined {
  const slash = text.indexOf("/");
  const address = slash < 0 ? text : text.slice(0, slash);
  const version = isIP(address);
  if (version === 0) return "must be a range of addresses such as 10.0.0.0/8 or ::1/128";
  const longest = version === 4 ? 32 : 128;
  if (slash < 0) return `must end in a prefix length: write ${address}/${longest} for this one address`;
  const prefix = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > longest) {
    return `must end in a prefix length from /0 to /${longest}`;
  }
  return undefined;
}
