import { basename, dirname } from 'node:path';
import { reasonOf, ruleUnknown } from '../errors.js';
import { viewsOf } from './book-file.js';
import { findRuleFiles, isImportable, isRuleFile } from './find-rule-files.js';
import { FolderWatch } from './folder-watch.js';
import { RuleShelf, type RuleShelfOptions } from './rule-shelf.js';
import type { RuleView, ServiceRules } from './service-rules.js';

export interface RuleBookOptions extends RuleShelfOptions {
  /** Files and folders. */
  readonly places: readonly string[];
}

/** How often in a row it looks at files that change while they are read. */
const LOOKS = 3;

/** Keeps the rules of a service as their files have them. */
export class RuleBook implements ServiceRules {
  private folders: readonly string[] = [];
  private watch: FolderWatch | undefined;
  private readonly closing = new AbortController();
  /** A look that has not begun. */
  private due: Promise<void> | undefined;
  /** One look at the files after the other. */
  private turn: Promise<void> = Promise.resolve();

  private readonly shelf: RuleShelf;

  constructor(private readonly options: RuleBookOptions) {
    this.shelf = new RuleShelf(options, this.closing.signal);
  }

  /** Loads what is new or has changed, and stops what is gone. */
  scan(): Promise<void> {
    return this.inTurn(() => this.look());
  }

  /** Scans whenever a rule file, or what it imports from its folder, changes. */
  follow(): void {
    const { clock, log } = this.options;
    this.watch = new FolderWatch({
      clock,
      heeds: (path) => this.heeds(path),
      changed: () => void this.rescan().catch((error) => log.error({}, `rules are not reloaded: ${reasonOf(error)}`)),
      failed: (folder, cause) => log.warn({ folder }, `changes in ${folder} are not seen: ${reasonOf(cause)}`),
    });
    this.watchFolders();
  }

  /** Looks at no file any more, and waits for none that is being loaded; the rules run on. */
  async close(): Promise<void> {
    this.closing.abort();
    this.watch?.close();
    await this.turn;
  }

  /** Starts what has failed for want of a plugin that is ready by now: once for each installation. */
  supply(): void {
    this.shelf.supply();
  }

  list(): readonly RuleView[] {
    return this.shelf.all.flatMap(viewsOf);
  }

  get(id: string): RuleView {
    return this.list().find((view) => view.id === id) ?? this.unknown(id);
  }

  async start(id: string): Promise<void> {
    const rule = this.shelf.find(id);
    if (rule !== undefined) {
      await rule.start();
      return rule.begun();
    }
    const { file } = this.get(id);
    await this.inTurn(() => this.shelf.retry(file));
    const { error } = this.shelf.get(file) ?? {};
    if (error !== undefined) throw error;
  }

  async stop(id: string): Promise<void> {
    await (this.shelf.find(id)?.stop() ?? this.get(id));
  }

  async restart(id: string): Promise<void> {
    const rule = this.shelf.find(id);
    if (rule === undefined) return this.start(id);
    await rule.restart();
    await rule.begun();
  }

  /** Once for all that has changed before it begins. */
  private rescan(): Promise<void> {
    this.due ??= this.inTurn(() => {
      this.due = undefined;
      return this.look();
    });
    return this.due;
  }

  /** What does not load may wait for any file that it could import. */
  private heeds(path: string): boolean {
    const files = this.shelf.all;
    const isNew = this.folders.includes(dirname(path)) && isRuleFile(basename(path));
    const isPart = files.some(({ parts }) => parts.includes(path));
    return isNew || isPart || (isImportable(path) && files.some(({ error }) => error !== undefined));
  }

  private get closed(): boolean {
    return this.closing.signal.aborted;
  }

  private async look(): Promise<void> {
    for (let looks = 0; looks < LOOKS && !this.closed; looks += 1) {
      await this.shelf.refresh(await this.found());
      this.watchFolders();
      if (this.shelf.all.every(({ print }) => print !== undefined)) return;
    }
  }

  /** The rule files that are there; those of a folder that can not be listed count as there. */
  private async found(): Promise<readonly string[]> {
    const { places, log } = this.options;
    let found = await findRuleFiles(places);
    this.folders = found.folders;
    if (this.watch !== undefined) {
      // What comes after this is told; what came before is found.
      this.watchFolders();
      found = await findRuleFiles(places);
    }
    const { files, unlisted } = found;
    for (const [folder, cause] of unlisted)
      log.error({ folder }, `${folder} can not be listed, its rules stay as they are: ${reasonOf(cause)}`);
    const known = this.shelf.all.map(({ file }) => file);
    return [...files, ...known.filter((file) => unlisted.has(dirname(file)) && !files.includes(file))];
  }

  private unknown(id: string): never {
    const known = this.list().map((view) => view.id);
    throw ruleUnknown(id, known);
  }

  private watchFolders(): void {
    if (this.closed) return;
    const parts = this.shelf.all.flatMap((file) => file.parts);
    this.watch?.set([...this.folders, ...parts.map((part) => dirname(part))]);
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }
}
