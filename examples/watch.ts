/**
 * Two rules: what is unusual about this machine right now, and what was unusual in four years of weather in Seattle.
 *
 * Sources, functions and sinks are plugins, processes of their own. What stands between them is RxJS, and runs here.
 */
import * as t from 'io-ts';
import { resolve } from 'node:path';
import { filter, map, mergeMap } from 'rxjs';
import { defineRule, type RuleDefinition } from 'rxport';
import { deadband, tumbling, validate } from 'rxport/operators';

export interface WatchOptions {
  /** The function that scores a value: `deviation` of the plugin telemetry (TypeScript), or `zscore` of stats (Python). */
  readonly score?: 'deviation' | 'zscore';
  /** Milliseconds between two readings of the machine. */
  readonly interval?: number;
  /** Days of weather a second. */
  readonly rate?: number;
  /** The file that takes the alerts, one JSON object a line. */
  readonly alerts?: string;
}

const WEATHER = resolve('node_modules/vega-datasets/data/seattle-weather.csv');
const DAY = 24 * 60 * 60 * 1_000;

// What comes from a plugin is unknown until a codec has seen it; from there on it has a type.
const Machine = t.type({ at_ms: t.number, cpu_percent: t.number }, 'Machine');
const Day = t.type({ temp_max: t.number, precipitation: t.number });
const Weather = t.type({ message: Day, meta: t.type({ event_time_ms: t.number }) }, 'Weather');

export function watch(options: WatchOptions = {}): readonly RuleDefinition[] {
  const { score = 'deviation', interval = 200, rate = 160, alerts = resolve('rxport-data/alerts.ndjson') } = options;

  /** The machine, five times a second: only readings that changed are scored, only unusual ones are alerts. */
  const machine = defineRule('machine', ({ source, call, sink }) =>
    source('machine', { config: { interval } })
      .pipe(
        validate(Machine),
        deadband(1, ({ cpu_percent }) => cpu_percent),
        map(({ at_ms, cpu_percent }) => ({ measure: 'cpu_percent', at_ms, value: cpu_percent })),
        call(
          score,
          ({ measure, value }) => [measure, value],
          (measured, z: number) => ({ ...measured, z }),
        ),
        filter(isUnusual),
      )
      .subscribe(sink('file', { config: { path: alerts } })),
  );

  /** The weather, 160 days a second: windows of 30 days, cut by the time at which it happened, two measures of each. */
  const weather = defineRule('weather', ({ source, call, sink }) =>
    source('replay', { dataSource: WEATHER, config: { time: 'date', rate } })
      .tuples.pipe(
        validate(Weather),
        tumbling(30 * DAY, { at: ({ meta }) => meta.event_time_ms }),
        filter(({ partial }) => !partial),
        mergeMap(({ start, values }) => [
          { measure: 'temp_max', at_ms: start, value: mean(values.map(({ message }) => message.temp_max)) },
          { measure: 'rain_mm', at_ms: start, value: sum(values.map(({ message }) => message.precipitation)) },
        ]),
        call(
          score,
          ({ measure, value }) => [measure, value],
          (measured, z: number) => ({ ...measured, z }),
        ),
        filter(isUnusual),
      )
      .subscribe(sink('file', { config: { path: alerts } })),
  );

  return [machine, weather];
}

const isUnusual = ({ z }: { readonly z: number }): boolean => Math.abs(z) > 1.5;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

/** A rule file exports its rules, and does nothing else. */
export default watch();
