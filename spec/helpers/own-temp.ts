import { realProcess } from './real-process.js';
import { tempFolder } from './unique.js';

const { env } = realProcess;

/** Does `work` with a temporary folder of its own for whatever asks for one: others fill that of the run at the same time. */
export async function withOwnTemp<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const [folder, before] = [tempFolder(), env['TMPDIR']];
  env['TMPDIR'] = folder;
  try {
    return await work(folder);
  } finally {
    if (before === undefined) delete env['TMPDIR'];
    else env['TMPDIR'] = before;
  }
}
