/** Of what installs. */
export interface InstallFlags extends PluginFlags {
  readonly allowScripts?: boolean;
  /** MiB. */
  readonly maxUnpacked?: number;
  readonly maxFiles?: number;
}

/** Of what starts plugins. */
export interface PluginFlags {
  /** Seconds. */
  readonly scriptTimeout?: number;
  /** `NAME` or `NAME=value`. */
  readonly env?: readonly string[];
  readonly python?: string;
  readonly node?: string;
  readonly uv?: string;
  readonly conda?: string;
}

const FLAGS: Readonly<Record<keyof InstallFlags, string>> = {
  allowScripts: '--allow-scripts',
  maxUnpacked: '--max-unpacked',
  maxFiles: '--max-files',
  scriptTimeout: '--script-timeout',
  env: '--env',
  python: '--python',
  node: '--node',
  uv: '--uv',
  conda: '--conda',
};

/** Those of an installation that were given, as they are written. */
export const givenFlags = (flags: InstallFlags): readonly string[] =>
  (Object.keys(FLAGS) as (keyof InstallFlags)[]).filter((key) => flags[key] !== undefined).map((key) => FLAGS[key]);
