import { expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { root } from './helpers/toolchains.js';

/** `spec/host.spec.ts`: "a title", "another one" */
const PROOF = /`(spec\/[^`]+\.spec\.ts)`(?::((?:\s*"[^"]+",?)+))?/g;

const document = readFileSync(`${root}docs/overview.md`, 'utf8');
const rows = document.split('\n').filter((line) => /^\| \d+ \|/.test(line));
const proofs = [...rows.join('\n').matchAll(PROOF)].map(([, file = '', titles = '']) => ({
  file,
  titles: [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']) => title),
}));

/** What a spec file says, with its quotes as the document has them. */
const textOf = (file: string): string => readFileSync(root + file, 'utf8').replaceAll("\\'", "'");

it('names only specs that exist, for each sentence of the overview', () => {
  const missing = proofs.flatMap(({ file, titles }) => {
    if (!existsSync(root + file)) return [file];
    const text = textOf(file);
    // All of a title, not a part of one.
    const isIn = (title: string): boolean => ["'", '`'].some((quote) => text.includes(`${quote}${title}${quote}`));
    return titles.filter((title) => !isIn(title)).map((title) => `${file}: ${title}`);
  });
  expect(missing).toEqual([]);
});

it('says of each spec which one of its titles is meant', () => {
  expect(proofs.length).toBeGreaterThan(50);
  expect(proofs.filter(({ titles }) => titles.length === 0)).toEqual([]);
});

it('leaves no sentence without a proof or a reason', () => {
  expect(rows.length).toBeGreaterThan(50);
  for (const row of rows) expect(row.split('|')[3]?.trim()).toMatch(/^.{15,}/s);
});
