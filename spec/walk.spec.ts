/** The commands of "A plugin in ten minutes" in README.md, as printed, by somebody in an empty folder. */
import { afterAll, expect, it } from '@jest/globals';
import { stop } from 'esbuild';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { linesOf } from './helpers/lines.js';
import { rxport, Rxport } from './helpers/rxport.js';
import { root } from './helpers/toolchains.js';
import { tempFolder, unique } from './helpers/unique.js';
import { until } from './helpers/until.js';

afterAll(() => stop());

/** What the README calls its plugin and rule is somebody else's on a machine where more than one spec runs. */
const plugin = unique('thermo').replaceAll('-', '_');
const id = unique('sine');
const own = (text: string): string => text.replaceAll('thermo', plugin).replaceAll("'sine'", `'${id}'`);

const readme = readFileSync(`${root}README.md`, 'utf8');
const [, walk = ''] = readme.split('<!-- runs: walk -->');
const [section = ''] = walk.split('\n## ');

const blocks = (language: string): readonly string[] =>
  [...section.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(([, code = '']) => own(code));
/** Without the comments behind them. */
const commands = blocks('sh')
  .join('')
  .split('\n')
  .map((line) => line.replace(/ +# .*$/, '').replace(/ sine$/, ` ${id}`))
  .filter((line) => line !== '');

const cwd = tempFolder();
const words = (line: string): readonly string[] => line.split(' ').slice(1);
/** A command that goes on until Ctrl-C, on a port that nobody has. */
async function serving(line: string) {
  const command = new Rxport([...words(line), '--port', '0', '--json'], { cwd });
  await command.says('}\n');
  const { url } = JSON.parse(command.stdout) as { readonly url: string };
  return { command, url };
}

async function interrupted({ command }: { readonly command: Rxport }): Promise<void> {
  command.child.kill('SIGINT');
  expect((await command.finished).code).toBe(0);
}

async function said(line: string): Promise<string> {
  const { code, stdout, stderr } = await rxport(words(line), { cwd });
  expect(`${code} ${stderr}`).toBe('0 ');
  return stdout;
}

/** One that follows is ended at its first line. */
async function curl(line: string, url: string): Promise<string> {
  const command = line.replace('localhost:33333', url).replace(/^curl/, 'exec curl -sS --max-time 20');
  const child = spawn('bash', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  let out = '';
  for await (const chunk of child.stdout) {
    out += String(chunk);
    if (line.includes(' -N ') && out.includes('\n')) break;
  }
  child.kill();
  await closed;
  return out;
}

it('leads from a template to a rule that uses the plugin, its update and its end', async () => {
  const next = commands[Symbol.iterator]();
  const command = (start: string): string => {
    const line = next.next().value ?? '';
    expect(line).toMatch(new RegExp(`^${start}`));
    return line;
  };
  expect(await said(command('rxport new'))).toContain('is made in');

  const dev = await serving(command('rxport dev'));
  expect(await curl(command('curl'), dev.url)).toBe('{"result":1.26}');
  expect(await curl(command('curl'), dev.url)).toContain('"phase":"running"');
  expect(await curl(command('curl -N'), dev.url)).toMatch(/^data: \{"message":\{"i":\d+,"value":/);
  await interrupted(dev);

  expect(await said(command('rxport pack'))).toContain('.zip');
  await promisify(execFile)('bash', ['-c', command('mkdir')], { cwd });
  const service = await serving(command('rxport serve'));
  expect(await said(command('rxport plugin install'))).toContain('is created');
  writeFileSync(join(cwd, 'rules/sine.ts'), blocks('ts').join(''));
  const out = join(cwd, 'sine.ndjson');
  await until(() => linesOf(out).length > 2, 'values flow');

  expect(await said(command('rxport rule status'))).toMatch(/^status +running/);
  expect(await said(command('rxport rule ledger'))).toMatch(/^STAGE.*\nsource [^]*\ncall [^]*\nsink [^]*\nbalanced\n$/);
  expect(await said(command('rxport plugin status'))).toContain(id);
  expect(await said(command('rxport plugin update'))).toContain('is updated');
  const before = linesOf(out).length;
  await until(() => linesOf(out).length > before + 2, 'values flow on');
  const removal = command('rxport plugin remove');
  expect((await rxport(words(removal.replace(' --force', '')), { cwd })).code).toBe(4);
  expect(await said(removal)).toContain('is deleted');
  expect(next.next().done).toBe(true);
  expect(linesOf(out).every((line) => (line as { readonly rounded: number }).rounded > 0)).toBe(true);
  await interrupted(service);
}, 60_000);
