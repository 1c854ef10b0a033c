import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The version of the package that this file belongs to, built or not. */
export function packageVersion(from = dirname(fileURLToPath(import.meta.url))): string {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Partial<
        Record<string, string>
      >;
      if (name === 'rxport' && version !== undefined) return version;
    } catch {
      // Further up.
    }
  }
  return 'unknown';
}
