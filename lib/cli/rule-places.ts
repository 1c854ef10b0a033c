/** What `serve` and `run` are told to run. */
import { stat } from 'node:fs/promises';
import { reasonOf, ruleFile } from '../errors.js';
import { findRuleFiles } from '../service/find-rule-files.js';

/** Rejects with `ERR_RULE_FILE` for what is not there: a service without its rules would look as if all were well. */
export async function checkPlaces(places: readonly string[]): Promise<void> {
  for (const place of places) {
    await stat(place).catch((cause: unknown) => {
      const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
      throw ruleFile(place, isMissing ? 'there is no such file or folder' : reasonOf(cause), cause);
    });
  }
}

/** As `checkPlaces`, and for a folder in which there is nothing to run. */
export async function checkRunnable(place: string): Promise<void> {
  await checkPlaces([place]);
  const { files } = await findRuleFiles([place]);
  if (files.length === 0) throw ruleFile(place, 'the folder has no rule file (.ts, .mts, .js or .mjs) in it');
}
