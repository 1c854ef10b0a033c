/**
 * The symbols of the installed plugins, for the type checker: a `declare module 'rxport'` of yours adds to these interfaces,
 * and names, arguments and values are then checked. Empty, every name is allowed.
 */

// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface Sources {}
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface Functions {}
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface Sinks {}

export type NameOf<Registry> = [keyof Registry] extends [never] ? string : Extract<keyof Registry, string>;

export type Field<Registry, Name, Key extends string, Fallback> = Name extends keyof Registry
  ? Registry[Name] extends Record<Key, infer F>
    ? F
    : Fallback
  : Fallback;
