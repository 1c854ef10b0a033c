/** The version of the package. */
export const VERSION = '0.1.0';

/** How the first frame of a plugin names it. */
export const SDK = `rxport-ts/${VERSION}`;
