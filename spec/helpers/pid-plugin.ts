/** Plugins in each language whose functions say in which process they run, and take the time they are told. */
import { copyFixture } from './fixture.js';
import { scriptedPlugin } from './scripted-plugin.js';
import type { Language } from './versions.js';

export interface PidPlugin {
  readonly name: string;
  readonly dir: string;
  /** The id of its process. */
  readonly pid: string;
  /** Gives back how many milliseconds it has taken. */
  readonly slow: string;
}

export function pidPlugin(language: Language): PidPlugin {
  if (language === 'node') {
    const { name, dir, symbol } = scriptedPlugin();
    return { name, dir, pid: symbol('pid'), slow: symbol('slow') };
  }
  const { name, dir, symbol } = copyFixture(language);
  const base = (text: string): string => symbol(language === 'python' ? `py${text}` : text);
  return { name, dir, pid: base('pid'), slow: base('slow') };
}
