import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Writes files below `root`: path → content, or content with its mode. */
export async function writeTree(
  root: string,
  files: Readonly<Record<string, string | { readonly content: string; readonly mode: number }>>,
): Promise<string> {
  for (const [path, file] of Object.entries(files)) {
    const { content, mode } = typeof file === 'string' ? { content: file, mode: 0o644 } : file;
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
    await chmod(join(root, path), mode);
  }
  return root;
}

/** Every path below `root`, sorted; nothing when it is not there. */
export const pathsIn = async (root: string): Promise<readonly string[]> =>
  (await readdir(root, { recursive: true }).catch(() => [])).sort();
