import { describe, expect, it } from '@jest/globals';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findSetpriv } from '../../lib/process/setpriv.js';
import { tempFolder } from '../helpers/unique.js';

/** A program with the options that are given, and no others. */
function setpriv(...known: readonly string[]): string {
  const path = join(tempFolder(), 'setpriv');
  const options = ['--version', ...known].join('|');
  const script = `#!/bin/sh
while [ $# -gt 0 ]; do
  case "$1" in
    --version) exit 0 ;;
    --) shift; exec "$@" ;;
    ${options}) shift 2 ;;
    *) echo "setpriv: unrecognized option: $1" >&2; exit 1 ;;
  esac
done
`;
  writeFileSync(path, script, { mode: 0o755 });
  return path;
}

const busyBox = () => setpriv('--dump', '--nnp', '--inh-caps', '--ambient-caps');
const utilLinux = () => setpriv('--pdeathsig');

describe('setpriv', () => {
  it('is that of the system, where it is util-linux', () => {
    const expected = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));
    expect(findSetpriv()).toBe(expected);
  });

  it('is not there where it is that of BusyBox, which would execute no plugin', () => {
    expect(findSetpriv([busyBox()])).toBeUndefined();
  });

  it('is the first that can do it', () => {
    const real = utilLinux();
    expect(findSetpriv([join(tempFolder(), 'none'), busyBox(), real, utilLinux()])).toBe(real);
  });

  it('is not there where it can not be executed', () => {
    const path = join(tempFolder(), 'setpriv');
    writeFileSync(path, 'no program');
    expect(findSetpriv([path])).toBeUndefined();
  });
});
