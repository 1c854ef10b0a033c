/** Parameters whose values say which package it is, and open no door. */
const HARMLESS: ReadonlySet<string> = new Set(['version', 'v', 'ref', 'tag', 'branch', 'raw', 'download']);

/**
 * Where a download has come from, as it may be written down: without credentials, and of its query only the names, and the
 * values that can not be a secret. undefined for what is none.
 */
export function originOf(uri: string): string | undefined {
  if (!URL.canParse(uri)) return undefined;
  const { protocol, host, pathname, search } = new URL(uri);
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  const parts = search.slice(1).split('&').map(shown).join('&');
  return `${protocol}//${host}${pathname}${parts === '' ? '' : `?${parts}`}`;
}

/** A parameter without a value may be one. */
function shown(part: string): string {
  const [name = '', ...value] = part.split('=');
  if (value.length === 0) return part === '' ? '' : '***';
  return HARMLESS.has(name.toLowerCase()) ? part : `${name}=***`;
}
