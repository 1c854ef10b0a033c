import { createRequire } from 'node:module';

/**
 * Notes what Node's own `require` loads meanwhile: JSON and CommonJS, which it keeps for ever. The answer takes that out of
 * its cache, so that it is read again the next time, and tells the files; those of packages stay.
 */
export function noteNativeModules(): () => readonly string[] {
  const { cache } = createRequire(import.meta.url);
  const before = new Set(Object.keys(cache));
  return () => {
    const own = Object.keys(cache).filter((file) => !before.has(file) && !/\/node_modules\/|\.node$/.test(file));
    for (const file of own) Reflect.deleteProperty(cache, file);
    return own;
  };
}
