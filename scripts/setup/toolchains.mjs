/** What the specs need beyond Node. What could not be made ready is recorded with the reason, and its specs skip. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './dependencies.mjs';
import { hashOf, stamps } from './stamp.mjs';
import { root, run, step, StepFailed, which } from './step.mjs';

const record = `${root}.cache/toolchains.json`;
const ekuiper = 'ekuiper==2.4.2';
const done = stamps(`${root}.cache/stamps.json`);
const prepare = { nanomsg: prepareNanomsg, python: preparePython, go: prepareGo };

/** Makes each ready and records it in `.cache/toolchains.json`; resolves to the names of the missing ones. */
export async function prepareToolchains(names) {
  const missing = [];
  const found = existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : {};
  for (const name of names) {
    found[name] = await prepare[name]().catch(asReason);
    if (found[name].ok) continue;
    missing.push(name);
    console.error(`setup: no ${name}, its specs are skipped: ${found[name].reason}`);
  }
  if (names.length > 0) writeFileSync(record, `${JSON.stringify(found, null, 2)}\n`);
  return missing;
}

function asReason(thrown) {
  if (!(thrown instanceof StepFailed)) throw thrown;
  // The end of what a build printed says why it failed.
  return { ok: false, reason: thrown.message.split('\n').slice(-12).join('\n') };
}

/** The addon is compiled apart from `npm ci`, which therefore works without a compiler. */
async function prepareNanomsg() {
  const loads = () => run(process.execPath, ['-e', "require('nanomsg')"]);
  if (
    await loads().then(
      () => true,
      () => false,
    )
  )
    return { ok: true, bin: 'node_modules/nanomsg' };
  const tools = ['c++', 'make', 'python3'];
  const absent = tools.filter((tool) => !which(tool));
  if (absent.length > 0) throw new StepFailed(`building it needs ${absent.join(', ')}`);
  await step('building nanomsg (compiles C, up to two minutes)', () =>
    npm(['rebuild', 'nanomsg'], withHeaders(process.env)),
  );
  await loads();
  return { ok: true, bin: 'node_modules/nanomsg' };
}

/** Headers that came with Node spare node-gyp a download. */
function withHeaders(env) {
  const prefix = join(process.execPath, '../..');
  const headers = existsSync(join(prefix, 'include/node/node.h')) ? { npm_config_nodedir: prefix } : {};
  return { ...headers, npm_config_jobs: 'max', ...env, npm_config_ignore_scripts: 'false' };
}

async function preparePython() {
  const python = which('python3');
  if (!python) throw new StepFailed('python3 is not on PATH');
  const venv = `${root}.cache/python`;
  const found = { ok: true, bin: '.cache/python/bin/python' };
  const hash = hashOf([], `${python} ${await run(python, ['--version'])} ${ekuiper}`);
  if (existsSync(root + found.bin) && done.isFresh('python', hash)) return found;
  done.clear('python');
  await step(`Python environment with ${ekuiper}`, async () => {
    rmSync(venv, { recursive: true, force: true });
    await run(python, ['-m', 'venv', venv]);
    await run(root + found.bin, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ekuiper]);
  });
  done.set('python', hash);
  return found;
}

async function prepareGo() {
  const go = which('go');
  if (!go) throw new StepFailed('go is not on PATH');
  const fixtures = 'spec/fixtures/go';
  const modules = existsSync(root + fixtures) ? readdirSync(root + fixtures) : [];
  mkdirSync(`${root}.cache/go`, { recursive: true });
  for (const name of modules.filter((module) => existsSync(`${root}${fixtures}/${module}/go.mod`))) {
    const cwd = `${root}${fixtures}/${name}`;
    const out = `${root}.cache/go/${name}`;
    const hash = hashOf([`${fixtures}/${name}`], await run(go, ['version'], { cwd }));
    if (existsSync(out) && done.isFresh(`go/${name}`, hash)) continue;
    done.clear(`go/${name}`);
    await step(`building Go fixture ${name}`, () =>
      run(go, ['build', '-trimpath', '-o', out, '.'], { cwd, env: { ...process.env, CGO_ENABLED: '0' } }),
    );
    done.set(`go/${name}`, hash);
  }
  return { ok: true, bin: '.cache/go' };
}
