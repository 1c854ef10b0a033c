/** Parameters whose values say which package it is, and open no door. */
const HARMLESS: ReadonlySet<string> = new Set(['version', 'v', 'ref', 'tag', 'branch', 'raw', 'download']);

/**
 * Where a download has come from, as it may be written down: without user and password, and of its query only the names, and
 * the values that can not be a secret. undefined for what is none.
 */
export function originOf(uri: string): string | undefined {
  if (!URL.canParse(uri)) return undefined;
  const { protocol, host, pathname, search } = new URL(uri);
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  const parts = search.slice(1).split('&').map(shown).join('&');
  return `${protocol}//${host}${pathname}${parts === '' ? '' : `?${parts}`}`;
}

/** `name=value`; without a value, or with no more than the padding of Base64, it may be a secret itself. */
const NAMED = /^([\w.-]+)=([^=].*)$/;

/** Of one parameter: some servers part them by ";". */
const PLAIN = /^[\w.\-+~%/]+$/;

function shown(part: string): string {
  if (part === '') return '';
  const [, name, value = ''] = NAMED.exec(part) ?? [];
  if (name === undefined) return '***';
  return HARMLESS.has(name.toLowerCase()) && PLAIN.test(value) ? part : `${name}=***`;
}
