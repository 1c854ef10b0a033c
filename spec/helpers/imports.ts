/** What a source file imports, as values or as types. */
import { posix } from 'node:path';
import ts from 'typescript';

/** The files of this repository that the file at `path` imports. */
export function importsOf(path: string, text: string): readonly string[] {
  const found: string[] = [];
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true), (node) => {
    const file = fileOf(path, importOf(node) ?? '');
    if (file !== undefined) found.push(file);
  });
  return found;
}

/** `lib/sp/pipe.ts` for `./pipe.js` in `lib/sp/`; undefined for a package. */
export const fileOf = (path: string, specifier: string): string | undefined =>
  specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts') : undefined;

/** The specifier of an import, a re-export, `import()`, `import('x').T` or `require()`. */
export function importOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return textOf(node.argument.literal);
  if (ts.isCallExpression(node) && /^(import|require|require\.resolve)$/.test(node.expression.getText())) {
    return textOf(node.arguments[0]);
  }
  return undefined;
}

const textOf = (node: ts.Node | undefined): string | undefined =>
  node && ts.isStringLiteralLike(node) ? node.text : undefined;

export function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  node.forEachChild((child) => visit(child, see));
}
