/**
 * The one error class, its codes, and one factory per event, in the order of the rooms that raise them.
 *
 * Callers test `code`, never the text. A text says who, what, and what to do.
 */
export { ERROR_CODES, type ErrorCode } from './errors/codes.js';
export { type ErrorOptions, isSystemError, reasonOf, RxportError, showJson, userError } from './errors/rxport-error.js';
export { problemsOf, settingProblems } from './errors/problems.js';
export { show } from './errors/show.js';
export * from './errors/value.js';
export * from './errors/install.js';
export * from './errors/socket.js';
export * from './errors/process.js';
export * from './errors/update.js';
export * from './errors/symbol.js';
export * from './errors/rule.js';
export * from './errors/packing.js';
export * from './errors/devserver.js';
export * from './errors/service.js';
export * from './errors/cli.js';
