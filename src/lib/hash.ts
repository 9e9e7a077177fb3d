const encoder = new TextEncoder();
const FNV32_OFFSET = 0x811c9dc5;
const FNV32_PRIME = 0x01000193;
/** Halves of the 64-bit offset basis, and what the prime is beside 2^40. */
const FNV64_HIGH = 0xcbf29ce4;
const FNV64_LOW = 0x84222325;
const FNV64_PRIME_LOW = 0x1b3;

/** FNV-1a over the UTF-8 bytes of `text`, 32 bits, unsigned. Not for secrets: anyone can make two texts collide. */
export function fnv1a32(text: string): number {
  let hash = FNV32_OFFSET;
  for (const byte of encoder.encode(text)) {
    hash = Math.imul(hash ^ byte, FNV32_PRIME);
  }
  return hash >>> 0;
}

/** FNV-1a over the UTF-8 bytes of `text`, 64 bits, unsigned. Not for secrets, either. */
export function fnv1a64(text: string): bigint {
  const bytes = encoder.encode(text);
  // In 32-bit halves, where the prime is 2^40 + 0x1b3, and by index: a BigInt per byte takes ten times as long.
  let high = FNV64_HIGH | 0;
  let low = FNV64_LOW | 0;
  for (let i = 0; i < bytes.length; i++) {
    low ^= bytes[i] ?? 0;
    const first = Math.imul(low & 0xffff, FNV64_PRIME_LOW);
    const second = (Math.imul(low >>> 16, FNV64_PRIME_LOW) + (first >>> 16)) | 0;
    high = (Math.imul(high, FNV64_PRIME_LOW) + (low << 8) + (second >>> 16)) | 0;
    low = (second << 16) | (first & 0xffff);
  }
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/** A hash as short text: digits and lower-case letters. */
export function base36(hash: number | bigint): string {
  return hash.toString(36);
}
