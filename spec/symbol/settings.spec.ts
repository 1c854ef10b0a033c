import { describe, expect, it } from '@jest/globals';
import { configInvalid } from '../../lib/errors.js';
import { SymbolSettings } from '../../lib/symbol/settings.js';
import { sourceControl } from '../../lib/wire/control.js';
import { versionOf } from '../helpers/fake-runner.js';

const meta = { ruleId: 'r', opId: '1', instanceId: 0 };
const control = (config: Readonly<Record<string, unknown>>) => sourceControl('s', meta, undefined, config);

/** Settings for version v1 of a plugin, and the folders from which they were read. */
function settings(fails: string[] = []) {
  const reads: string[] = [];
  const read = (dir: string): Record<string, unknown> => {
    reads.push(dir);
    if (fails.includes(dir)) throw configInvalid(dir, ['is no YAML']);
    return { dir };
  };
  return { reads, make: () => new SymbolSettings(versionOf('v1'), read) };
}

describe('the settings of a symbol', () => {
  it('are read once for the version with which its rule has started', () => {
    const { reads, make } = settings();
    const made = make();
    expect(made.first).toEqual({ dir: '/p@v1' });
    for (let i = 0; i < 2; i += 1) expect(made.controlFor(versionOf('v1'), control).config).toBe(made.first);
    expect(reads).toEqual(['/p@v1']);
  });

  it('are read anew for another version', () => {
    const { reads, make } = settings();
    const made = make();
    expect(made.controlFor(versionOf('v2'), control)).toEqual(control({ dir: '/p@v2' }));
    expect(made.controlFor(versionOf('v1'), control)).toEqual(control({ dir: '/p@v1' }));
    expect(reads).toEqual(['/p@v1', '/p@v2']);
  });

  it('throw what can not be read, for the version that it is in', () => {
    const { make } = settings(['/p@v2']);
    const made = make();
    expect(() => made.controlFor(versionOf('v2'), control)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }),
    );
    expect(made.controlFor(versionOf('v1'), control)).toEqual(control({ dir: '/p@v1' }));
    expect(() => settings(['/p@v1']).make()).toThrow(expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }));
  });
});
