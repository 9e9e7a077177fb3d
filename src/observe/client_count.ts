/** Up to so many clients are counted exactly. */
const EXACT = 64;
/** Beyond, the count is an estimate from 2^10 registers: off by 3.3 % (one standard deviation). */
const INDEX_BITS = 10;
const REGISTERS = 1 << INDEX_BITS;
/** Of 32 bits, what is left after the index, plus one. */
const HIGHEST_RANK = 32 - INDEX_BITS + 1;
const BIAS = 0.7213 / (1 + 1.079 / REGISTERS);

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a, then the last steps of MurmurHash3, which spread a change of one character over all 32 bits. */
function hashOf(text: string, seed: number): number {
  let hash = FNV_OFFSET ^ seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * How many different clients there were, in 2 KB at most: exact for a few, then a HyperLogLog. No address is kept, only
 * hashes of them with a seed of this run.
 */
export class ClientCount {
  readonly #seed: number;
  #seen: Set<number> | Uint8Array = new Set();

  /** @param seed 32 random bits; the same for all counts of a run. */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Takes in one client, known before or not. */
  add(address: string): void {
    const hash = hashOf(address, this.#seed);
    const seen = this.#seen;
    if (!(seen instanceof Set)) return noteIn(seen, hash);
    if (seen.add(hash).size <= EXACT) return;
    const registers = new Uint8Array(REGISTERS);
    for (const known of seen) noteIn(registers, known);
    this.#seen = registers;
  }

  /** A whole number: exact up to 64, then an estimate. */
  get size(): number {
    return this.#seen instanceof Set ? this.#seen.size : estimate(this.#seen);
  }
}

/** The register that the hash falls to keeps the longest run of leading zeros in the rest of it, plus one. */
function noteIn(registers: Uint8Array, hash: number): void {
  const index = hash >>> (32 - INDEX_BITS);
  const rank = Math.min(Math.clz32(hash << INDEX_BITS) + 1, HIGHEST_RANK);
  if (rank > (registers[index] ?? 0)) registers[index] = rank;
}

function estimate(registers: Uint8Array): number {
  const withRank = new Uint16Array(HIGHEST_RANK + 1);
  for (let i = 0; i < registers.length; i++) {
    const rank = registers[i] ?? 0;
    withRank[rank] = (withRank[rank] ?? 0) + 1;
  }
  const zeros = withRank[0] ?? 0;
  const sum = withRank.reduce((sum, count, rank) => sum + count * 2 ** -rank, 0);
  const raw = (BIAS * REGISTERS * REGISTERS) / sum;
  // While many registers are empty, their number is the better witness.
  const isSmall = raw <= 2.5 * REGISTERS && zeros > 0;
  return Math.round(isSmall ? REGISTERS * Math.log(REGISTERS / zeros) : raw);
}
