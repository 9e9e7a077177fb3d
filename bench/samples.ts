import { median } from "./statistics.ts";

/** One figure from one round: what was measured, of whom, and when. Units are part of the metric's name. */
export interface Sample {
  readonly scenario: string;
  readonly metric: string;
  readonly target: string;
  readonly round: number;
  readonly value: number;
}

/** Picks samples out of a run. */
export interface Selection {
  readonly scenario: string;
  readonly metric: string;
  readonly target: string;
}

function matching(samples: readonly Sample[], wanted: Selection): Sample[] {
  return samples.filter((sample) =>
    sample.scenario === wanted.scenario && sample.metric === wanted.metric && sample.target === wanted.target
  );
}

/** The figure of each round. */
export function valuesOf(samples: readonly Sample[], wanted: Selection): number[] {
  return matching(samples, wanted).map((sample) => sample.value);
}

/** The median over the rounds, `undefined` when it was not measured. */
export function medianOf(samples: readonly Sample[], wanted: Selection): number | undefined {
  return median(valuesOf(samples, wanted));
}

/** How two targets of one round are put together. */
export type Combine = (value: number, base: number) => number;

/** Through ÷ base. */
export const ratio: Combine = (value, base) => value / base;
/** Through − base: what the hop adds. */
export const difference: Combine = (value, base) => value - base;

/** A comparison of two targets. */
export interface Comparison extends Selection {
  readonly base: string;
  readonly combine: Combine;
}

/**
 * Compares a target with another one round by round. Rounds are paired because a machine's speed drifts over minutes:
 * two slices that ran seconds apart saw the same machine, two medians over the run did not.
 */
export function pairs(samples: readonly Sample[], wanted: Comparison): number[] {
  const bases = new Map(
    matching(samples, { ...wanted, target: wanted.base }).map((sample) => [sample.round, sample.value]),
  );
  const found: number[] = [];
  for (const sample of matching(samples, wanted)) {
    const base = bases.get(sample.round);
    if (base !== undefined) found.push(wanted.combine(sample.value, base));
  }
  return found;
}

/** The median of {@link pairs}, `undefined` when there are none. */
export function compared(samples: readonly Sample[], wanted: Comparison): number | undefined {
  return median(pairs(samples, wanted));
}
