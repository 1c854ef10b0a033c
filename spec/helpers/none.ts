/** Matches an object without entries: for `toMatchObject` `{}` would be any object. */
export const none = {
  asymmetricMatch: (value: unknown): boolean =>
    typeof value === 'object' && value !== null && Object.keys(value).length === 0,
  toString: (): string => 'none',
};
