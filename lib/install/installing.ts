import { notInstalled } from '../errors.js';

/** Does `work`; what the file system says against it gets a code, `ERR_DATA_FOLDER`, and the name of the package. */
export async function installing<T>(source: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw notInstalled(source, thrown);
  }
}
