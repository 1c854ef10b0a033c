import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { commandLine } from '../helpers/command-line.js';
import { rxport } from '../helpers/rxport.js';
import { root } from '../helpers/toolchains.js';

const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { readonly version: string };

describe('rxport', () => {
  it('prints its help and ends with 2 without a command', async () => {
    const { code, stdout, stderr } = await rxport([]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^Usage: rxport .*Commands:/s);
  });

  it('prints its help on stdout when it is asked for it', async () => {
    const { code, stdout, stderr } = await rxport(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: rxport /);
    expect((await rxport(['plugin', 'logs', '--help'])).stdout).toContain('--follow');
  });

  it('tells its version', async () => {
    expect(await rxport(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([
    [
      'an unknown command',
      ['plugin', 'instal'],
      /unknown command 'instal'.*Did you mean install.*Try: rxport plugin --help/s,
    ],
    ['an unknown option', ['plugin', 'list', '--jsn'], /unknown option '--jsn'.*Try: rxport plugin list --help/s],
    ['a missing argument', ['plugin', 'status'], /missing required argument 'name'/],
    ['one too many', ['plugin', 'list', 'x'], /too many arguments/],
    ['a number that is none', ['plugin', 'logs', 'x', '-n', '0'], /whole number from 1 to 1000/],
    ['a choice that is none', ['plugin', 'update', 'x', 'y', '--strategy', 'z'], /overlap, replace/],
    ['a port out of range', ['serve', '--port', '65536'], /whole number from 0 to 65535/],
    ['an address that is none', ['plugin', 'list', '--url', 'nowhere'], /--url: "nowhere" is no address/],
    ['a token file that is not there', ['plugin', 'list', '--url', 'http://x', '--token-file', 'no'], /--token-file/],
  ])('ends with 2 for %s', async (_, args, text) => {
    const { code, stdout, stderr } = await commandLine(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(text);
  });

  it('tells wrong use as JSON as well', async () => {
    const { code, stderr } = await commandLine(['plugin', 'status', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'ERR_CLI_USAGE', message: "missing required argument 'name'" },
    });
  });
});
