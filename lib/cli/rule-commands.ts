import type { Command } from 'commander';
import type { Actions } from './action.js';

export function addRuleCommands(program: Command, act: Actions): void {
  const rule = program.command('rule').description('look at and turn the rules of a service');
  rule
    .command('list')
    .description('all rules, and how they are')
    .action(act(async () => (await import('./rule/rules.js')).list));
  rule
    .command('status <id>')
    .description('how a rule is')
    .action(act(async () => (await import('./rule/rules.js')).status));
  rule
    .command('ledger <id>')
    .description('what each stage has taken, passed, dropped and holds')
    .action(act(async () => (await import('./rule/rules.js')).ledger));
  for (const [verb, description] of VERBS) {
    rule
      .command(`${verb} <id>`)
      .description(description)
      .action(act(async () => (await import('./rule/rules.js')).turn(verb)));
  }
}

const VERBS = [
  ['start', 'start a rule that has ended'],
  ['stop', 'stop a rule; what it holds is worked off'],
  ['restart', 'stop a rule and start it anew'],
] as const;
