/** Which settings the sources of a plugin have, as far as its files tell. */
import { readFile } from 'node:fs/promises';
import * as t from 'io-ts';
import { parse } from 'yaml';
import type { PackedFile } from './packed-file.js';

const Form = t.type({ properties: t.record(t.string, t.array(t.type({ name: t.string }))) });

/** By source: the names in `sources/<source>.yaml` and in the form beside it. What can not be read has none. */
export async function sourceSettings(
  sources: readonly string[],
  files: ReadonlyMap<string, PackedFile>,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const read = async (path: string): Promise<unknown> => parsed(await textOf(files.get(path)));
  const entries = sources.map(async (source) => {
    const [sections, form] = await Promise.all([read(`sources/${source}.yaml`), read(`sources/${source}.json`)]);
    const names = [
      ...valuesOf(sections).filter(t.UnknownRecord.is).flatMap(Object.keys),
      ...(Form.is(form) ? Object.values(form.properties).flatMap((list) => list.map(({ name }) => name)) : []),
    ];
    return [source, new Set(names)] as const;
  });
  return new Map(await Promise.all(entries));
}

/** A section that is empty, or holds nothing but comments, is null. */
const valuesOf = (sections: unknown): readonly unknown[] =>
  t.UnknownRecord.is(sections) ? Object.values(sections) : [];

/** JSON is YAML as well. */
function parsed(text: string): unknown {
  try {
    return parse(text, { merge: true, logLevel: 'silent' });
  } catch {
    // Whoever uses the file is told.
    return undefined;
  }
}

async function textOf(file: PackedFile | undefined): Promise<string> {
  if (file === undefined) return '';
  return Buffer.isBuffer(file.content) ? file.content.toString() : readFile(file.content.file, 'utf8');
}
