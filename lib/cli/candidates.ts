/** What a word of a command line could become. */
import type { Command, Option } from 'commander';
import type { CommonOptions } from './shell.js';

export type NameKind = 'plugin' | 'rule';
export type Names = (kind: NameKind, options: CommonOptions) => Promise<readonly string[]>;

/** What stands before the last word. */
interface Place {
  readonly command: Command;
  /** How many arguments of the command have been given. */
  readonly given: number;
  /** The option whose value comes next. */
  readonly pending: Option | undefined;
  readonly options: CommonOptions;
}

/** For the last of `words`, which may be empty; nothing where the name of a file belongs. */
export async function candidates(program: Command, words: readonly string[], names: Names): Promise<readonly string[]> {
  const before = words.slice(0, -1);
  const word = words.at(-1) ?? '';
  const place = placeOf(program, before);
  return (await possible(program, place, word, names)).filter((one) => one.startsWith(word));
}

async function possible(program: Command, place: Place, word: string, names: Names): Promise<readonly string[]> {
  const { command, given, pending, options } = place;
  if (pending !== undefined) return pending.argChoices ?? [];
  if (word.startsWith('-')) return optionNames(program, command);
  const commands = visible(command);
  if (commands.length > 0 && given === 0) return commands.map((one) => one.name());
  const argument = command.registeredArguments[given];
  if (argument?.argChoices !== undefined) return argument.argChoices;
  const kind = KINDS[command.parent?.name() ?? ''];
  if (kind === undefined || argument === undefined || !['name', 'id'].includes(argument.name())) return [];
  return names(kind, options);
}

/** Under `rxport plugin` a `<name>` is a plugin's; the `<name>` of `rxport new` is one that nobody has. */
const KINDS: Readonly<Record<string, NameKind>> = { plugin: 'plugin', rule: 'rule' };

function placeOf(program: Command, words: readonly string[]): Place {
  let place: Place = { command: program, given: 0, pending: undefined, options: {} };
  for (const word of words) place = after(program, place, word);
  return place;
}

function after(program: Command, place: Place, word: string): Place {
  const { command, given, pending, options } = place;
  if (pending !== undefined)
    return { ...place, pending: undefined, options: { ...options, [pending.attributeName()]: word } };
  const option = [...command.options, ...program.options].find(({ long, short }) => word === long || word === short);
  if (option !== undefined) return option.required || option.optional ? { ...place, pending: option } : place;
  if (word.startsWith('-')) return place;
  const next = given === 0 ? visible(command).find((one) => one.name() === word) : undefined;
  return next === undefined ? { ...place, given: given + 1 } : { ...place, command: next };
}

const optionNames = (program: Command, command: Command): readonly string[] => {
  const all = new Set([...command.options, ...program.options]);
  return [...[...all].flatMap(({ long }) => (long ? [long] : [])), '--help'];
};

const visible = (command: Command): readonly Command[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .filter((one) => one.name() !== 'help');
