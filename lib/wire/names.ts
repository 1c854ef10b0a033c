/** What plugins, symbols and rules may be called: names end up in socket paths and file paths. */
import * as t from 'io-ts';
import { nameInvalid } from '../errors.js';

/** A symbol is one of these; the plural names its list in the manifest and its folder in a plugin. */
export const SYMBOL_KINDS = ['source', 'sink', 'function'] as const;
export type SymbolKind = (typeof SYMBOL_KINDS)[number];
export const PLURAL = { source: 'sources', sink: 'sinks', function: 'functions' } as const satisfies Record<
  SymbolKind,
  string
>;

export const isName = (text: string): boolean => /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$/.test(text);

/** The name itself. Throws `ERR_NAME_INVALID`; call it before the name touches a path. */
export function checkName(what: string, name: string): string {
  if (!isName(name)) throw nameInvalid(what, name);
  return name;
}

/** A name in a message, without a brand: inside the edges a name is a string. */
export const Name = new t.Type<string, string, unknown>(
  'Name',
  (value): value is string => typeof value === 'string' && isName(value),
  (value, context) =>
    typeof value === 'string' && isName(value)
      ? t.success(value)
      : t.failure(
          value,
          context,
          `${JSON.stringify(value)} is not a name: use 1 to 64 letters, digits, "_", "-" or ".", not starting with a dot`,
        ),
  t.identity,
);
