import { make, reasonOf, type RxportError } from './rxport-error.js';

/** A rule file does not load, or exports something else than rules. */
export const ruleFile = (file: string, problem: string, cause?: unknown): RxportError =>
  make('ERR_RULE_FILE', `${file}: ${problem}`, { file }, cause);

export const ruleFileTaken = (file: string, rule: string, owner: string): RxportError =>
  make('ERR_RULE_FILE', `${file}: rule ${rule} is in ${owner} already; give one of them another id`, {
    file,
    rule,
    owner,
  });

export const ruleRemoved = (rule: string, file: string): RxportError =>
  make('ERR_RULE_UNKNOWN', `rule ${rule} is not in ${file} any more`, { rule, file });

/** The text is the reason alone: who asks says what for. */
export const downloadRefused = (uri: string, reason: string): RxportError =>
  make('ERR_DOWNLOAD_REFUSED', reason, { uri });

export const downloadFailed = (uri: string, cause: unknown): RxportError =>
  make('ERR_DOWNLOAD_FAILED', reasonOf(cause) + certificateHint(cause), { uri }, cause);

/** The codes of Node for a certificate that no authority it knows has signed. */
const UNKNOWN_SIGNER =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET_ISSUER|VERIFY_LEAF)\w*)$/;

function certificateHint(cause: unknown): string {
  const { code } = Object(cause) as { readonly code?: unknown };
  const isUnknown = typeof code === 'string' && UNKNOWN_SIGNER.test(code);
  return isUnknown ? ': name the certificate of your authority in NODE_EXTRA_CA_CERTS' : '';
}

export const downloadTooLarge = (uri: string, limit: number): RxportError =>
  make('ERR_DOWNLOAD_FAILED', `it has more than the ${limit} bytes that are allowed`, { uri, limit });

export const downloadLate = (uri: string, timeout: number): RxportError =>
  make('ERR_DOWNLOAD_LATE', `it took longer than ${timeout} ms`, { uri, timeout });

export function serverAddress(address: string, cause: unknown): RxportError {
  const isTaken = (Object(cause) as NodeJS.ErrnoException).code === 'EADDRINUSE';
  const advice = isTaken ? 'stop what is there, or take another port' : 'take another address or port';
  const text = `cannot serve at ${address} (${reasonOf(cause)}): ${advice}`;
  return make(isTaken ? 'ERR_ADDRESS_IN_USE' : 'ERR_SERVER_ADDRESS', text, { address }, cause);
}

/** By what a server is reached from elsewhere. */
export type Opening = { readonly address: string } | { readonly name: string };

export function serverOpen(opening: Opening): RxportError {
  const [where, advice] =
    'name' in opening ? [`as ${opening.name}`, 'leave that name out'] : [`at ${opening.address}`, 'use 127.0.0.1'];
  const text = `will not serve ${where} without a token: anybody who reaches it could run programs here`;
  return make('ERR_SERVER_ADDRESS', `${text}; set a token, or ${advice}`, { ...opening });
}

export const requestRefused = (reason: string): RxportError => make('ERR_REQUEST_REFUSED', reason);

export const tokenInvalid = (): RxportError =>
  make('ERR_TOKEN_INVALID', 'this takes a token: send the header "Authorization: Bearer <token>"');

export const requestInvalid = (problem: string, cause?: unknown): RxportError =>
  make('ERR_REQUEST_INVALID', problem, {}, cause);

export const requestTooLarge = (limit: number): RxportError =>
  make('ERR_REQUEST_TOO_LARGE', `the body has more than ${limit} bytes`, { limit });

export const requestType = (type: string | undefined): RxportError => {
  const what = type === undefined ? 'without a type' : `of type ${JSON.stringify(type)}`;
  return make(
    'ERR_REQUEST_TYPE',
    `a body ${what} is not taken: send application/json`,
    type === undefined ? {} : { type },
  );
};

/** `request` as in `GET /rule`; `list` is the one that lists them all. */
export const routeUnknown = (request: string, list: string): RxportError =>
  make('ERR_ROUTE_UNKNOWN', `there is no ${request}; ${list} lists what there is`, { request });

export const tooManyStreams = (limit: number): RxportError =>
  make('ERR_STREAMS', `${limit} clients follow already: close one first`, { limit });

/** In the words of eKuiper. */
export const uriInvalid = (uri: string): RxportError => make('ERR_REQUEST_INVALID', `invalid uri ${uri}`, { uri });

/** Something that nobody has thought of. */
export const internalError = (cause: unknown): RxportError => make('ERR_INTERNAL', reasonOf(cause), {}, cause);
