import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the running copy of this package: two or three folders up, as source or as build. */
export function packageRoot(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const above = [join(here, '../..'), join(here, '../../..')];
  // The build holds no package.json of its own.
  return above.find((folder) => existsSync(join(folder, 'package.json'))) ?? here;
}

/** What the running copy says of itself. */
export function ownVersion(): string {
  return (createRequire(import.meta.url)(join(packageRoot(), 'package.json')) as { readonly version: string }).version;
}
