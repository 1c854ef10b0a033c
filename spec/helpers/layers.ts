/** The rules of the source tree, as a function from one file to what is wrong with it. */
import ts from 'typescript';
import { fileOf, importOf, visit } from './imports.js';

/** Files directly in `lib/` that everything may use, and which use only each other. */
const leaves = ['errors', 'log', 'duration', 'each-step', 'config', 'clock', 'stage'];

/** The arrow: each may import what stands before it. Those in one row may import each other. */
const arrow = [
  ['sp'],
  ['wire'],
  ['install'],
  ['registry'],
  ['process'],
  ['control'],
  ['channel'],
  ['symbol'],
  ['rule'],
  ['host'],
  ['packing'],
  ['service'],
  ['server'],
  ['devserver'],
  ['cli'],
];

/** Places that do not follow the arrow: `index` is the door, the others stand on leaves. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  sp: [],
  wire: [],
  sdk: ['sp', 'wire'],
  index: [...arrow.flat(), 'sdk'],
};

/** What `operators/` may use besides itself; what is added here is named in ARCHITECTURE.md. */
const operatorLeaves = ['lib/errors.ts', 'lib/stage.ts', 'lib/duration.ts'];
const operatorPackages = ['rxjs', 'io-ts', 'fp-ts'];

const maxLines = 250;
const vagueNames = /\/(utils|helpers|common|types)\.ts$/;
const timers = /^(setTimeout|setInterval|Date\.now|performance\.now|process\.hrtime(\.bigint)?|AbortSignal\.timeout)$/;

/** What is wrong with the file at `path` (`lib/sp/pipe.ts`), one line each: `path:line: rule`. */
export function problems(path: string, text: string): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const report = (rule: string, node?: ts.Node): void => {
    const line = node && source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
    found.push(`${path}${line ? `:${line}` : ''}: ${rule}`);
  };
  const isLibrary = /^(lib|operators)\//.test(path);
  const lines = text.trimEnd().split('\n').length;

  if (lines > maxLines) report(`has ${lines} lines, at most ${maxLines}: split it by job`);
  if (path.startsWith('lib/') && vagueNames.test(path))
    report('is named after nothing: name it after its one main export');
  const place = placeOf(path);
  if (place !== undefined && !isPlace(place)) report(`"${place}" is no place of the arrow (DESIGN.md, section 3)`);

  visit(source, (node) => {
    const specifier = importOf(node);
    if (specifier !== undefined) for (const rule of importProblems(path, specifier)) report(rule, node);
    if (node.kind === ts.SyntaxKind.AnyKeyword) report('uses `any`: say `unknown`, or a codec', node);
    if (!isLibrary) return;
    if (path !== 'lib/clock.ts' && isTimer(node))
      report(`uses ${nameOf(node)}: only lib/clock.ts knows the time`, node);
    if (!path.startsWith('lib/errors') && isBareThrow(node))
      report('throws a bare Error: use a factory of lib/errors.ts', node);
  });
  return found;
}

function* importProblems(path: string, specifier: string): Iterable<string> {
  const place = placeOf(path);
  const target = fileOf(path, specifier);

  if (specifier === 'nanomsg' && path !== 'lib/sp/nanomsg.ts') yield 'imports nanomsg: only lib/sp/nanomsg.ts does';
  if (specifier === 'node:net' && place !== 'sp') yield 'imports node:net: only lib/sp does';
  if (
    specifier === 'node:child_process' &&
    /^(lib|operators)\//.test(path) &&
    !['process', 'install'].includes(place ?? '')
  ) {
    yield 'imports node:child_process: only lib/process and lib/install do';
  }
  if (/^node:timers/.test(specifier) && path !== 'lib/clock.ts') yield `imports ${specifier}: only lib/clock.ts does`;
  if (/^[a-z_]+$/.test(specifier) && nodeModules.has(specifier)) yield `imports ${specifier}: write node:${specifier}`;

  if (path.startsWith('lib/')) yield* libraryImport(place ?? '', specifier, target);
  if (path.startsWith('operators/')) yield* operatorImport(specifier, target);
  if (/^(plugins|examples)\//.test(path)) yield* outsideImport(path, specifier, target);
}

const nodeModules = new Set([
  'net',
  'fs',
  'path',
  'os',
  'child_process',
  'events',
  'stream',
  'http',
  'crypto',
  'util',
  'url',
  'timers',
]);

function* libraryImport(place: string, specifier: string, target: string | undefined): Iterable<string> {
  if (specifier === 'rxport' || specifier.startsWith('rxport/'))
    yield `imports ${specifier}: inside the library, import the file`;
  if (target === undefined) return;
  const other = placeOf(target);
  if (other === undefined) yield `imports ${target}: lib imports only lib`;
  else if (other !== place && !allowed(place).includes(other)) {
    yield `imports ${target}: ${place} may import ${['leaves', ...allowed(place).filter((name) => !leaves.includes(name))].join(', ')}`;
  }
}

function* operatorImport(specifier: string, target: string | undefined): Iterable<string> {
  if (target === undefined) {
    if (!operatorPackages.includes(packageOf(specifier)))
      yield `imports ${specifier}: operators use ${operatorPackages.join(', ')}`;
  } else if (!target.startsWith('operators/') && !operatorLeaves.includes(target)) {
    yield `imports ${target}: of lib, operators use errors, stage and duration`;
  }
}

/** A plugin or example is to be copied: it uses the package by its name, and files of its own folder. */
function* outsideImport(path: string, specifier: string, target: string | undefined): Iterable<string> {
  if (path.startsWith('plugins/') && /^rxport($|\/(?!sdk(\/testing)?$))/.test(specifier)) {
    yield `imports ${specifier}: a plugin uses rxport/sdk`;
  }
  const own = path.startsWith('plugins/') ? path.split('/').slice(0, 2).join('/') : 'examples';
  if (target !== undefined && !target.startsWith(`${own}/`))
    yield `imports ${target}: outside ${own}, use the package's name`;
}

/** `sp` for `lib/sp/pipe.ts`, `errors` for `lib/errors.ts`, undefined outside `lib/`. */
const placeOf = (path: string): string | undefined => /^lib\/([^/]+?)(\.ts)?(\/|$)/.exec(path)?.[1];

const isPlace = (place: string): boolean =>
  leaves.includes(place) || place in exceptions || arrow.flat().includes(place);

function allowed(place: string): readonly string[] {
  if (leaves.includes(place)) return leaves;
  const row = arrow.findIndex((places) => places.includes(place));
  return [...leaves, ...(exceptions[place] ?? arrow.slice(0, row + 1).flat())];
}

const packageOf = (specifier: string): string => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;

/** `Date.now` counts however it is used; `new Date()` reads the clock, `new Date(ms)` does not. */
const isTimer = (node: ts.Node): boolean =>
  ((ts.isIdentifier(node) && !isPropertyName(node)) || ts.isPropertyAccessExpression(node) || isNewDate(node)) &&
  (timers.test(nameOf(node)) || isNewDate(node));

const isNewDate = (node: ts.Node): boolean =>
  ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length;

/** The `setTimeout` of `socket.setTimeout(…)` or `{ setTimeout: … }` is another one. */
const isPropertyName = (node: ts.Identifier): boolean =>
  (ts.isPropertyAccessExpression(node.parent) || ts.isPropertyAssignment(node.parent)) && node.parent.name === node;

const nameOf = (node: ts.Node): string => node.getText().replace(/^globalThis\./, '');

const isBareThrow = (node: ts.Node): boolean =>
  ts.isThrowStatement(node) && /^(new )?(Type|Range)?Error\(/.test(node.expression.getText());
