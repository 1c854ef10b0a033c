/** Random trouble from a seed, for rules that have to survive it. No Jest here. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger, Rule } from '../../../lib/index.js';
import { actions, describeAction } from './actions.js';
import type { Company } from './company.js';
import { type Agenda, perform } from './perform.js';

export interface ChaosReport {
  /** What was done, in order. */
  readonly actions: readonly string[];
  /** Ledgers that did not balance, at most one line per rule and action. */
  readonly unbalanced: readonly string[];
  /** What was not as it should be when all was over. */
  readonly stuck: readonly string[];
}

export interface ChaosOptions {
  readonly seed: number;
  /** Milliseconds. */
  readonly time: number;
  /** After each action. */
  readonly sample?: () => void;
}

/** Milliseconds between two looks at the ledgers. */
const LOOK = 20;
/** Milliseconds until every rule must run again after the last action. */
const RECOVERY = 45_000;

export async function chaos(company: Company, { seed, time, sample }: ChaosOptions): Promise<ChaosReport> {
  const plan = actions(seed, time, company.cast);
  const unbalanced = new Map<string, string>();
  let latest = 'the start';
  const seen = new Map<string, Rule | undefined>();
  const check = (name: string, rule: Rule | undefined): void => {
    const ledger = rule?.ledger();
    const when = `${name}, after ${latest}`;
    if (ledger?.balanced === false && !unbalanced.has(when)) unbalanced.set(when, stagesOf(ledger));
  };
  const look = (): void => {
    for (const name of company.cast.rules) {
      const [before, now] = [seen.get(name), company.rule(name)];
      // One that has ended meanwhile once more.
      if (before !== now) check(name, before);
      check(name, now);
      seen.set(name, now);
    }
  };
  const watch = setInterval(look, LOOK);
  try {
    const start = performance.now();
    const agenda: Agenda = new Map();
    const pending: Promise<void>[] = [];
    const failed: string[] = [];
    for (const action of plan) {
      await sleep(Math.max(0, action.at - (performance.now() - start)));
      const what = (latest = describeAction(action));
      pending.push(
        perform(action, company, agenda).catch((error: unknown) => void failed.push(`${what}: ${String(error)}`)),
      );
      sample?.();
    }
    await within(RECOVERY, Promise.all(pending), 'the last action');
    const stuck = [...failed, ...(await stuckRules(company))];
    look();
    const uneven = [...unbalanced].map(([when, stages]) => `${when}: ${stages}`);
    return { actions: plan.map(describeAction), unbalanced: uneven, stuck };
  } finally {
    clearInterval(watch);
  }
}

/** A rule is well when it says that it runs, and tuples come out of it. */
async function stuckRules(company: Company): Promise<readonly string[]> {
  const before = new Map(company.cast.rules.map((rule) => [rule, company.delivered(rule)]));
  const isWell = (rule: string): boolean =>
    company.rule(rule)?.status.phase === 'running' && company.delivered(rule) > (before.get(rule) ?? 0);
  const end = performance.now() + RECOVERY;
  while (performance.now() < end && !company.cast.rules.every(isWell)) await sleep(LOOK);
  return company.cast.rules.filter((rule) => !isWell(rule)).map((rule) => describeStuck(company, rule));
}

function describeStuck(company: Company, name: string): string {
  const rule = company.rule(name);
  const plugins = company.cast.plugins.map((plugin) => `${plugin} ${company.plugin(plugin).state.phase}`);
  const status = JSON.stringify(rule?.status ?? 'not there');
  const facts = [status, plugins.join(', '), rule ? stagesOf(rule.ledger()) : '', ...company.lastEvents(name)];
  return `${name}: ${facts.join('\n  ')}\n  now ${Date.now()}`;
}

const stagesOf = ({ stages }: Ledger): string => JSON.stringify(stages);

async function within(ms: number, work: Promise<unknown>, what: string): Promise<void> {
  const late = sleep(ms, 'late' as const, { ref: false });
  if ((await Promise.race([work, late])) === 'late') throw new Error(`${what} was not over after ${ms} ms`);
}
