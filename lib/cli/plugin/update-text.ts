import type { LastUpdate } from '../answers.js';
import { ago, span } from '../format.js';

/** `v1.0.0 to v2.0.0 12 s ago, overlap in 340 ms; gap of 4 ms; 3 values queued; 5 calls drained` */
export function updateText(update: LastUpdate, now: number): string {
  const { from = '', to = '', at, strategy = '', took, sources = [], sinks = [], functions = [] } = update;
  const versions = from === '' ? to : `${from} to ${to}`;
  const how = took === undefined ? strategy : `${strategy} in ${span(took)}`;
  const gap = Math.max(0, ...[...sources, ...sinks].map((moved) => moved.gap ?? 0));
  const queued = sum(sinks.map((sink) => sink.queued ?? 0));
  const drained = sum(functions.map((one) => one.drained ?? 0));
  const costs = [
    gap > 0 && `gap of ${span(gap)}`,
    queued > 0 && `${counted(queued, 'value')} queued`,
    drained > 0 && `${counted(drained, 'call')} drained`,
  ];
  const first = [`${versions} ${ago(at, now) ?? ''}`.trim(), how].filter((part) => part !== '').join(', ');
  return [first, ...costs.filter((cost) => cost !== false)].join('; ');
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
