import { basename, dirname } from 'node:path';
import type { Clock } from '../clock.js';
import { reasonOf, ruleFileTaken, ruleUnknown, type RxportError } from '../errors.js';
import type { Logger } from '../log.js';
import type { RuleDefinition } from '../rule/define.js';
import type { Rule } from '../rule/rule.js';
import { findRuleFiles, isImportable, isRuleFile } from './find-rule-files.js';
import { fingerprint } from './fingerprint.js';
import { FolderWatch } from './folder-watch.js';
import { errorOf, RuleEntry } from './rule-entry.js';
import { type LoadedFile, loadRuleFile } from './rule-file.js';
import { type Supplier, supplierOf } from './supplied.js';
import type { RuleView, ServiceRules } from './service-rules.js';

export interface RuleBookOptions {
  /** Files and folders. */
  readonly places: readonly string[];
  readonly launch: (definition: RuleDefinition) => Rule;
  /** The plugins whose processes are ready; asked for only when a rule has failed. */
  readonly suppliers: () => readonly Supplier[];
  readonly clock: Clock;
  readonly log: Logger;
}

/** A rule file as it was last read. */
interface BookFile {
  readonly file: string;
  readonly rules: readonly RuleEntry[];
  readonly parts: readonly string[];
  /** Of `parts`. */
  readonly print: string;
  readonly error: RxportError | undefined;
  readonly since: number;
}

/** Keeps the rules of a service as their files have them. */
export class RuleBook implements ServiceRules {
  private files = new Map<string, BookFile>();
  private folders: readonly string[] = [];
  private watch: FolderWatch | undefined;
  private closed = false;
  /** A look that has not begun. */
  private due: Promise<void> | undefined;
  /** One look at the files after the other. */
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly options: RuleBookOptions) {}

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

  /** Looks at no file any more; the rules run on. */
  async close(): Promise<void> {
    this.closed = true;
    this.watch?.close();
    await this.turn;
  }

  /** Starts what has failed for want of a plugin that is ready by now: once for each installation. */
  supply(): void {
    const rules = [...this.files.values()].flatMap((file) => file.rules);
    if (this.closed || rules.every(({ status }) => status.phase !== 'failed')) return;
    const plugins = this.options.suppliers();
    for (const rule of rules) {
      const { status } = rule;
      const plugin = status.phase === 'failed' ? supplierOf(status, plugins) : undefined;
      if (plugin === undefined || !rule.mayTry(`${plugin.name} ${plugin.installedAt}`)) continue;
      this.options.log.info({ rule: rule.id }, `rule ${rule.id} starts again: plugin ${plugin.name} is there now`);
      void this.begin(rule);
    }
  }

  list(): readonly RuleView[] {
    return [...this.files.values()].flatMap((file) =>
      file.rules.length > 0 ? file.rules.map((rule) => viewOf(rule, file)) : brokenView(file),
    );
  }

  get(id: string): RuleView {
    return this.list().find((view) => view.id === id) ?? this.unknown(id);
  }

  async start(id: string): Promise<void> {
    const rule = this.find(id);
    if (rule !== undefined) {
      await rule.start();
      return rule.begun();
    }
    const { file } = this.get(id);
    await this.inTurn(() => this.reload(file));
    const { error } = this.files.get(file) ?? {};
    if (error !== undefined) throw error;
  }

  async stop(id: string): Promise<void> {
    await (this.find(id)?.stop() ?? this.get(id));
  }

  async restart(id: string): Promise<void> {
    const rule = this.find(id);
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
    const files = [...this.files.values()];
    const isNew = this.folders.includes(dirname(path)) && isRuleFile(basename(path));
    const isPart = files.some(({ parts }) => parts.includes(path));
    return isNew || isPart || (isImportable(path) && files.some(({ error }) => error !== undefined));
  }

  private async look(): Promise<void> {
    if (this.closed) return;
    const { files, folders } = await findRuleFiles(this.options.places);
    this.folders = folders;
    const gone = [...this.files.keys()].filter((file) => !files.includes(file));
    for (const file of gone) await this.drop(file);
    for (const file of files) if (await this.isDue(file)) await this.reload(file);
    // In the order of the places, whenever they were found.
    this.files = new Map(files.flatMap((file) => [...this.entry(file)]));
    this.watchFolders();
  }

  /** What does not load may wait for a file that it imports, or for an id that another one has given up. */
  private async isDue(file: string): Promise<boolean> {
    const known = this.files.get(file);
    return known === undefined || known.error !== undefined || known.print !== (await fingerprint(known.parts));
  }

  /** All of a file or nothing: what does not load leaves what it brought before. */
  private async reload(file: string): Promise<void> {
    if (this.closed) return;
    const { clock, log } = this.options;
    const before = await fingerprint([file]);
    const loaded = await loadRuleFile(file, clock);
    const known = this.files.get(file);
    const error = loaded.error ?? this.taken(loaded);
    const parts = error === undefined ? loaded.parts : [...new Set([...loaded.parts, ...(known?.parts ?? [])])];
    // A file that has changed meanwhile is to be read again.
    const print = before === (await fingerprint([file])) ? await fingerprint(parts) : '';
    const since = clock.now();
    if (error !== undefined) {
      if (error.message !== known?.error?.message) log.error({ file, code: error.code }, error.message);
      this.files.set(file, { file, rules: known?.rules ?? [], parts, print, error, since });
      return;
    }
    await Promise.all((known?.rules ?? []).map((rule) => rule.retire()));
    if (this.closed) return;
    const ended = (): void => this.supply();
    const rules = loaded.rules.map((definition) => new RuleEntry(definition, file, { ...this.options, ended }));
    this.files.set(file, { file, rules, parts, print, error, since });
    await Promise.all(rules.map((rule) => this.begin(rule)));
    log.info({ file, rules: rules.map(({ id }) => id) }, `${known === undefined ? 'loaded' : 'reloaded'} ${file}`);
  }

  private async begin(rule: RuleEntry): Promise<void> {
    try {
      await rule.start();
    } catch (error) {
      const { code, message } = error as RxportError;
      this.options.log.error({ rule: rule.id, code }, `rule ${rule.id} is not started: ${message}`);
    }
  }

  private async drop(file: string): Promise<void> {
    const { rules = [] } = this.files.get(file) ?? {};
    await Promise.all(rules.map((rule) => rule.retire()));
    this.files.delete(file);
    this.options.log.info({ file }, `${file} is gone, its rules are stopped`);
  }

  /** Why its rules can not be: each id belongs to one file, once. */
  private taken({ file, rules }: LoadedFile): RxportError | undefined {
    const ids = rules.map(({ id }) => id);
    for (const [index, id] of ids.entries()) {
      const owner = this.find(id)?.file;
      if (owner !== undefined && owner !== file) return ruleFileTaken(file, id, owner);
      if (ids.indexOf(id) < index) return ruleFileTaken(file, id, 'the same list');
    }
    return undefined;
  }

  private find(id: string): RuleEntry | undefined {
    for (const { rules } of this.files.values()) for (const rule of rules) if (rule.id === id) return rule;
    return undefined;
  }

  private *entry(file: string): Iterable<readonly [string, BookFile]> {
    const found = this.files.get(file);
    if (found !== undefined) yield [file, found];
  }

  private unknown(id: string): never {
    const known = this.list().map((view) => view.id);
    throw ruleUnknown(id, known);
  }

  private watchFolders(): void {
    if (this.closed) return;
    const parts = [...this.files.values()].flatMap((file) => file.parts);
    this.watch?.set([...this.folders, ...parts.map((part) => dirname(part))]);
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }
}

const viewOf = (rule: RuleEntry, { file, error }: BookFile): RuleView => ({
  id: rule.id,
  file,
  status: rule.status,
  error: errorOf(rule.status) ?? error,
  ledger: () => rule.ledger(),
});

function brokenView({ file, error, since }: BookFile): readonly RuleView[] {
  if (error === undefined) return [];
  const ledger = { stages: {}, balanced: true };
  return [{ id: basename(file), file, status: { phase: 'failed', since, error }, error, ledger: () => ledger }];
}
