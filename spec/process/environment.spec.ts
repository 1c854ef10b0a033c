import { describe, expect, it } from '@jest/globals';
import { pluginEnvironment } from '../../lib/process/environment.js';

const host = { PATH: '/bin', HOME: '/root', LANG: 'C', TMPDIR: '/t', SECRET: 's', MODEL: 'm', EMPTY: '' };

describe('the environment of a plugin', () => {
  it('has what every program needs, and nothing else of the host', () => {
    expect(pluginEnvironment(host)).toEqual({
      PATH: '/bin',
      HOME: '/root',
      LANG: 'C',
      TMPDIR: '/t',
      PYTHONUNBUFFERED: '1',
    });
  });

  it('has what is allowed by name, where the host has it', () => {
    const env = pluginEnvironment(host, ['MODEL', 'EMPTY', 'MISSING']);
    expect(env).toMatchObject({ MODEL: 'm', EMPTY: '' });
    expect(Object.keys(env)).not.toContain('MISSING');
    expect(Object.keys(env)).not.toContain('SECRET');
  });

  it('has what is set for it, before everything else', () => {
    const env = pluginEnvironment(host, ['MODEL'], { MODEL: 'other', PATH: '/opt', PYTHONUNBUFFERED: '0' });
    expect(env).toMatchObject({ MODEL: 'other', PATH: '/opt', PYTHONUNBUFFERED: '0' });
  });

  it('does without what the host does not have', () => {
    expect(pluginEnvironment({})).toEqual({ PYTHONUNBUFFERED: '1' });
  });
});
