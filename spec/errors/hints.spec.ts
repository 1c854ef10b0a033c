import { describe, expect, it } from '@jest/globals';
import { downloadFailed, pluginExited } from '../../lib/errors.js';

const NAME = / Is the name in its main program "thermo"\?$/;
const PROGRAM = / Is its program installed\? pythonBin, nodeBin, condaBin and uvBin name those of the host\.$/;

describe('a plugin that ends before its handshake', () => {
  it.each([
    ['without a word', 0, [], NAME],
    ['with what Go says where nobody listens', 2, ["panic: can't dial to ipc:///tmp/plugin_x.ipc"], NAME],
    ['with what Python says there', 1, ['pynng.exceptions.ConnectionRefused: Connection refused'], NAME],
    ['with a syntax error', 1, ['  def f(:', 'SyntaxError: invalid syntax'], /: invalid syntax\.$/],
    ['where there is no program', 127, ['setpriv: failed to execute conda: No such file or directory'], PROGRAM],
  ] as const)('is told what to look at %s', (_, code, output, expected) => {
    const facts = { name: 'thermo', command: 'python main.py', code, signal: null, output };
    expect(pluginExited(facts, true).message).toMatch(expected);
    expect(pluginExited(facts, false).message).not.toMatch(/Is (the name|its program)/);
  });
});

describe('the last output of a plugin', () => {
  const facts = { name: 'thermo', command: 'node main.js', code: 1, signal: null };

  it.each([
    'panic: no licence key',
    'ModuleNotFoundError: No module named x',
    "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'x'",
    'TypeError [ERR_INVALID_ARG_TYPE]: no',
  ])('names the reason above a stack: %s', (reason) => {
    const output = [reason, '    at a', '    at b', '}', 'Node.js v20.20.2'];
    expect(pluginExited({ ...facts, output }, false).message).toContain(reason);
  });
});

describe('a download that fails', () => {
  it.each([
    ['DEPTH_ZERO_SELF_SIGNED_CERT', true],
    ['SELF_SIGNED_CERT_IN_CHAIN', true],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', true],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', true],
    ['CERT_HAS_EXPIRED', false],
    ['ECONNREFUSED', false],
    [undefined, false],
  ])('with %s names what to do about certificates: %s', (code, told) => {
    const { message } = downloadFailed('https://a/b.zip', Object.assign(new Error('it failed'), { code }));
    expect(message).toBe(`it failed${told ? ': name the certificate of your authority in NODE_EXTRA_CA_CERTS' : ''}`);
  });
});
