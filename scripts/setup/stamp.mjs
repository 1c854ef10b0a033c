/** What was built from which inputs: a step whose inputs have the same content is not done again. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './step.mjs';

/** One hash over the content of files and folders, given relative to the working copy. */
export function hashOf(paths, extra = '') {
  const hash = createHash('sha256').update(extra);
  for (const file of paths.flatMap(filesIn)) hash.update(`\0${file}\0`).update(readFileSync(root + file));
  return hash.digest('hex');
}

/** The stamps kept in `file`, by name. */
export function stamps(file) {
  const known = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const save = () => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(known, null, 2));
  };
  return {
    isFresh: (name, hash) => known[name] === hash,
    /** Before the work: what is half done must not look finished. */
    clear(name) {
      delete known[name];
      save();
    },
    set(name, hash) {
      known[name] = hash;
      save();
    },
  };
}

/** Every file under `path`, sorted; the path itself when it is a file, nothing when it does not exist. */
export function filesIn(path) {
  if (!existsSync(root + path)) return [];
  const entries = entriesOf(path);
  if (!entries) return [path];
  return entries
    .filter(({ name }) => name !== '__pycache__' && name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesIn(join(path, entry.name)) : [join(path, entry.name)]));
}

function entriesOf(path) {
  try {
    return readdirSync(root + path, { withFileTypes: true });
  } catch (cause) {
    if (cause.code === 'ENOTDIR') return undefined;
    throw cause;
  }
}
