const encoder = new TextEncoder();
const FNV32_OFFSET = 0x811c9dc5;
const FNV32_PRIME = 0x01000193;
const FNV64_OFFSET = 0xcbf29ce484222325n;
const FNV64_PRIME = 0x100000001b3n;

/** FNV-1a over the UTF-8 bytes of `text`, 32 bits, unsigned. Not for secrets: anyone can make two texts collide. */
export function fnv1a32(text: string): number {
  let hash = FNV32_OFFSET;
  for (const byte of encoder.encode(text)) {
    hash = Math.imul(hash ^ byte, FNV32_PRIME);
  }
  return hash >>> 0;
}

/** FNV-1a over the UTF-8 bytes of `text`, 64 bits, unsigned. */
export function fnv1a64(text: string): bigint {
  let hash = FNV64_OFFSET;
  for (const byte of encoder.encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * FNV64_PRIME);
  }
  return hash;
}

/** A hash as short text: digits and lower-case letters. */
export function base36(hash: number | bigint): string {
  return hash.toString(36);
}
