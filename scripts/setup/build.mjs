/** `dist/`: library and examples by tsc, each plugin of `plugins/` as a folder that runs on its own. */
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { bundlePlugin } from './bundle.mjs';
import { filesIn, hashOf, stamps } from './stamp.mjs';
import { root, run, step } from './step.mjs';

const compiled = ['lib', 'operators', 'examples'];
const settings = ['tsconfig.json', 'tsconfig.build.json', 'package.json', 'package-lock.json', 'scripts/setup'];

export async function build() {
  const done = stamps(`${root}dist/.stamps.json`);
  await once(done, 'tsc', hashOf([...compiled, ...settings]), 'compiling', compile);
  removeGonePlugins();
  for (const name of plugins()) {
    const folder = `plugins/${name}`;
    await once(done, folder, hashOf([folder, 'lib', ...settings]), `building plugin ${name}`, () =>
      buildPlugin(folder),
    );
  }
}

async function once(done, name, hash, title, work) {
  if (done.isFresh(name, hash)) return;
  done.clear(name);
  await step(title, work);
  done.set(name, hash);
}

async function compile() {
  // tsc leaves the output of deleted files behind.
  for (const folder of compiled) rmSync(`${root}dist/${folder}`, { recursive: true, force: true });
  await run(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', 'tsconfig.build.json']);
  // npx executes the file itself.
  chmodSync(`${root}dist/lib/cli/main.js`, 0o755);
}

const foldersIn = (path) =>
  existsSync(path)
    ? readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
    : [];

const plugins = () => foldersIn(`${root}plugins`);

function removeGonePlugins() {
  const present = new Set(plugins());
  for (const name of foldersIn(`${root}dist/plugins`)) {
    if (!present.has(name)) rmSync(`${root}dist/plugins/${name}`, { recursive: true });
  }
}

async function buildPlugin(folder) {
  const target = `${root}dist/${folder}`;
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const file of filesIn(folder).filter((file) => !file.endsWith('.ts'))) {
    const copy = join(target, relative(folder, file));
    mkdirSync(dirname(copy), { recursive: true });
    cpSync(root + file, copy);
  }
  if (!existsSync(`${root}${folder}/main.ts`)) return;
  await bundlePlugin(`${root}${folder}/main.ts`, `${target}/main.mjs`);
  chmodSync(`${target}/main.mjs`, 0o755);
}
