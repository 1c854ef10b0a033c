import { isSystemError, make, reasonOf, type RxportError } from './rxport-error.js';

/** The folder of a new plugin holds something already. */
export const scaffoldExists = (dir: string, problem: string): RxportError =>
  make('ERR_SCAFFOLD_EXISTS', `${dir} ${problem}: take another name, or another place`, { dir });

/** A name that any other language or template may take. */
export const scaffoldName = (name: string, problem: string): RxportError =>
  make('ERR_NAME_INVALID', `a new plugin can not be called ${JSON.stringify(name)}: ${problem}; take another name`, {
    name,
  });

/** What a file system says against a new plugin; everything else as it is. */
export const scaffoldFailed = (dir: string, cause: unknown): unknown =>
  isSystemError(cause)
    ? make('ERR_SCAFFOLD_OUT', `${dir} can not be made: ${reasonOf(cause)}; take another place`, { dir }, cause)
    : cause;

/** Of a plugin; everything that does not come from a file system as it is. */
export const folderUnreadable = (folder: string, cause: unknown): unknown =>
  isSystemError(cause)
    ? make(
        'ERR_INSTALL_NOT_FOUND',
        `${folder} can not be read: ${reasonOf(cause)}; name a plugin that this user may read`,
        { folder },
        cause,
      )
    : cause;

export const folderMissing = (folder: string): RxportError =>
  make('ERR_INSTALL_NOT_FOUND', `there is no folder ${folder}: name the folder of a plugin`, { folder });

/** The sources of a plugin do not build; each problem begins with `file:line:column` where the tool says so. */
export const packBuild = (dir: string, tool: string, problems: readonly string[], cause?: unknown): RxportError =>
  make('ERR_PACK_BUILD', `${dir} can not be built (${tool}): ${problems.join('; ')}`, { dir, tool, problems }, cause);

/** What a stock eKuiper would refuse, or could not run. */
export const packStock = (dir: string, problems: readonly string[]): RxportError =>
  make('ERR_PACK_STOCK', `${dir} can not be packed for a stock eKuiper: ${problems.join('; ')}`, { dir, problems });

export const packOut = (file: string, problem: string, cause?: unknown): RxportError =>
  make('ERR_PACK_OUT', `${file} can not be written: ${problem}`, { file }, cause);

/** What a file system says against a zip; everything else as it is. */
export const packFailed = (file: string, cause: unknown): unknown =>
  isSystemError(cause) ? packOut(file, `${reasonOf(cause)}; mend that, or take another place`, cause) : cause;

export const toolMissing = (tool: string, cause: unknown): RxportError =>
  make(
    'ERR_TOOL_MISSING',
    `${tool} can not be run (${reasonOf(cause)}): is it installed, and on PATH?`,
    { tool },
    cause,
  );

export const toolTimeout = (tool: string, deadline: number, output: readonly string[]): RxportError =>
  make(
    'ERR_TOOL_TIMEOUT',
    `${tool} did not end within ${deadline} ms and was killed. Last output: ${output.slice(-3).join(' | ') || 'none'}`,
    { tool, deadline, output },
  );
