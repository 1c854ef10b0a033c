/** Does to a company what an action says. */
import { setTimeout as sleep } from 'node:timers/promises';
import { RxportError } from '../../../lib/index.js';
import type { Action } from './actions.js';
import type { Company } from './company.js';
import { visit } from './stranger.js';

/** What rules and plugins are in the middle of: a second action on one waits for the first. */
export type Agenda = Map<string, Promise<void>>;

/** Resolves when it is over. */
export function perform(action: Action, company: Company, agenda: Agenda): Promise<void> {
  switch (action.type) {
    case 'kill':
      signal(pidOf(company, action.plugin), 'SIGKILL');
      return Promise.resolve();
    case 'freeze':
      return freeze(pidOf(company, action.plugin), action.lasts);
    case 'stranger':
      return visit(company.whereabouts(action.plugin), action.channel, action.nth, action.sends);
    case 'update':
      return inTurn(agenda, action.plugin, () => update(company, action.plugin, action.strategy));
    case 'cycle':
      return inTurn(agenda, action.rule, () => cycle(company, action.rule, action.lasts));
  }
}

async function freeze(pid: number | undefined, lasts: number): Promise<void> {
  signal(pid, 'SIGSTOP');
  await sleep(lasts);
  signal(pid, 'SIGCONT');
}

/** May be refused, by a plugin that was killed or frozen meanwhile: then it goes on as it was. */
async function update(company: Company, plugin: string, strategy: 'overlap' | 'replace'): Promise<void> {
  try {
    await company.update(plugin, strategy);
  } catch (error) {
    if (!(error instanceof RxportError)) throw error;
  }
}

async function cycle(company: Company, rule: string, lasts: number): Promise<void> {
  await company.rule(rule)?.stop();
  await sleep(lasts);
  company.start(rule);
}

function inTurn(agenda: Agenda, key: string, work: () => Promise<void>): Promise<void> {
  const turn = (agenda.get(key) ?? Promise.resolve()).then(work);
  agenda.set(key, turn);
  return turn;
}

function pidOf(company: Company, plugin: string): number | undefined {
  const { state } = company.plugin(plugin);
  return state.phase === 'ready' ? state.pid : undefined;
}

function signal(pid: number | undefined, name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, name);
  } catch {
    // Gone since.
  }
}
