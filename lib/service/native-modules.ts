import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';

/**
 * Notes what Node's own `require` loads meanwhile: JSON and CommonJS, which it keeps for ever. The answer takes what `parts`
 * have brought out of its cache, so that it is read again the next time, and tells the files. Packages stay, and so does
 * what somebody else in the process loads at the same time.
 */
export function noteNativeModules(): (parts: ReadonlySet<string>) => readonly string[] {
  const { cache } = createRequire(import.meta.url);
  const before = new Set(Object.keys(cache));
  return (parts) => {
    const loaded = Object.keys(cache).filter((file) => !before.has(file) && !/\/node_modules\/|\.node$/.test(file));
    const own = loaded.filter((file) => isBroughtBy(parts, file, cache));
    for (const file of own) Reflect.deleteProperty(cache, file);
    return own;
  };
}

/** Whoever has required a file first is its parent; what `import` has loaded has none, and its folder has to say. */
function isBroughtBy(parts: ReadonlySet<string>, file: string, { [file]: module }: Cache): boolean {
  if (!module?.parent) return [...parts].some((part) => file.startsWith(dirname(part) + sep));
  let parent: ModuleWithParent | null | undefined = module.parent;
  while (parent && !parts.has(parent.filename)) parent = parent.parent;
  return Boolean(parent);
}

type Cache = Readonly<Record<string, ModuleWithParent | undefined>>;

/** The name is deprecated, and there is no other way to ask. */
interface ModuleWithParent {
  readonly filename: string;
  readonly parent?: ModuleWithParent | null | undefined;
}
