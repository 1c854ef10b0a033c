/** The version of the package, as the first frame of a plugin names it. */
export const VERSION = '0.1.0';
