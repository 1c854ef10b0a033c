/** What happens in a chaos run, and when: a pure function of a seed. */
import { chance } from './chance.js';
import { CHANNELS, type Channel, GARBAGE, type Garbage } from './stranger.js';

export type Action = { readonly at: number } & (
  | { readonly type: 'kill'; readonly plugin: string }
  /** SIGSTOP, and SIGCONT after `lasts` ms. */
  | { readonly type: 'freeze'; readonly plugin: string; readonly lasts: number }
  /** A stranger dials one of the plugin's sockets, the `nth` of a kind. */
  | {
      readonly type: 'stranger';
      readonly plugin: string;
      readonly channel: Channel;
      readonly nth: number;
      readonly sends: Garbage;
    }
  | { readonly type: 'update'; readonly plugin: string; readonly strategy: 'overlap' | 'replace' }
  /** The rule stops, and starts again `lasts` ms later. */
  | { readonly type: 'cycle'; readonly rule: string; readonly lasts: number }
);

/** Who it happens to. */
export interface Cast {
  readonly plugins: readonly string[];
  readonly rules: readonly string[];
}

/** Milliseconds between two actions. */
const PAUSE = { from: 50, to: 500 };
const FREEZE = { from: 50, to: 1_200 };
const CYCLE = { from: 0, to: 400 };
const STRATEGIES = ['overlap', 'replace'] as const;
/** Ten crashes within five minutes are a crash loop, from which nothing comes back: some are left for what follows from others. */
const KILLS = 5;
const WINDOW = 300_000;

/** The actions of `time` milliseconds, in order; `at` counts from the start. */
export function actions(seed: number, time: number, { plugins, rules }: Cast): readonly Action[] {
  const random = chance(seed);
  const between = ({ from, to }: { readonly from: number; readonly to: number }): number =>
    Math.round(from + random() * (to - from));
  const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const kills = new Map<string, number[]>();

  const mayKill = (plugin: string, at: number): boolean => {
    const recent = (kills.get(plugin) ?? []).filter((earlier) => at - earlier < WINDOW);
    if (recent.length >= KILLS) return false;
    kills.set(plugin, [...recent, at]);
    return true;
  };
  const freeze = (at: number, plugin: string): Action => ({ at, type: 'freeze', plugin, lasts: between(FREEZE) });
  const deeds: readonly ((at: number) => Action)[] = [
    (at) => {
      const plugin = oneOf(plugins);
      return mayKill(plugin, at) ? { at, type: 'kill', plugin } : freeze(at, plugin);
    },
    (at) => freeze(at, oneOf(plugins)),
    (at) => {
      const [plugin, channel, sends] = [oneOf(plugins), oneOf(CHANNELS), oneOf(GARBAGE)];
      return { at, type: 'stranger', plugin, channel, nth: between({ from: 0, to: 9 }), sends };
    },
    (at) => ({ at, type: 'update', plugin: oneOf(plugins), strategy: oneOf(STRATEGIES) }),
    (at) => ({ at, type: 'cycle', rule: oneOf(rules), lasts: between(CYCLE) }),
  ];

  const list: Action[] = [];
  for (let at = between(PAUSE); at < time; at += between(PAUSE)) list.push(oneOf(deeds)(at));
  return list;
}

/** `1204 ms: stranger Go function 3 no JSON`, for reports. */
export const describeAction = ({ at, ...action }: Action): string => `${at} ms: ${Object.values(action).join(' ')}`;
