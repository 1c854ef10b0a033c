/** What a benchmark hands on: plain data, so that one program measures and another one prints. */
import type { Machine } from './machine.js';
import type { Settings } from './settings.js';

/** What one variant did in one round, by the name of the metric. */
export type Sample = Readonly<Record<string, number>>;

export interface Metric {
  readonly name: string;
  /** Digits behind the point. */
  readonly digits?: number;
  /** Ratios and spread of this metric say nothing more, so none are printed. */
  readonly plain?: boolean;
  /** What the summary has of it: nothing, the figure alone, or, by default, its ratios too. */
  readonly brief?: 'nothing' | 'figure';
  /** How several variants of one base join: a chain is as slow as its slowest part, and costs what all of them cost. */
  readonly joint?: 'least' | 'sum';
}

/** What a ratio should be, or a figure where there is no base. */
export interface Target {
  readonly metric: string;
  readonly base?: string;
  readonly least?: number;
  readonly most?: number;
  /** It holds when this one does, too. */
  readonly or?: Target;
}

export interface Measured {
  readonly name: string;
  /** The others are also given as a ratio to this one. */
  readonly base?: string;
  /** It is what all of this is about: its row stands in the summary. */
  readonly ours?: boolean;
  /** Why it could not run here. */
  readonly skip?: string | undefined;
  /** Why it was given up. */
  readonly failed?: string;
  readonly samples: readonly Sample[];
}

export interface Result {
  readonly title: string;
  readonly metrics: readonly Metric[];
  readonly targets: readonly Target[];
  readonly variants: readonly Measured[];
  /** How many measurements began while other processes kept the machine busy. */
  readonly loud: number;
}

/** All that one benchmark program has found. */
export interface Findings {
  readonly name: string;
  readonly settings: Settings;
  readonly machine: Machine;
  readonly results: readonly Result[];
}
