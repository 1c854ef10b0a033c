import { firstValueFrom, from, fromEvent, takeUntil } from 'rxjs';
import { type Clock, dateOf } from '../clock.js';
import { ruleFileTaken, type RxportError } from '../errors.js';
import type { Logger } from '../log.js';
import type { RuleDefinition } from '../rule/define.js';
import type { Rule } from '../rule/rule.js';
import type { BookFile } from './book-file.js';
import { fingerprint } from './fingerprint.js';
import { RuleEntry } from './rule-entry.js';
import { type LoadedFile, loadRuleFile } from './rule-file.js';
import { type Claim, comingTogether, takenId } from './rule-ids.js';
import { type Supplier, supplierOf } from './supplied.js';

export interface RuleShelfOptions {
  readonly launch: (definition: RuleDefinition) => Rule;
  /** The plugins whose processes are ready; asked for only when a rule has failed. */
  readonly suppliers: () => readonly Supplier[];
  readonly clock: Clock;
  readonly log: Logger;
}

/** What one look at the files finds out on its way. */
interface Look {
  /** The ids of rules that somebody has stopped; all are started without it. */
  readonly held?: Set<string>;
  /** Files whose ids others had when they were read. */
  readonly refused: LoadedFile[];
}

/** Rule files, with the rules that they have brought. */
export class RuleShelf {
  private files = new Map<string, BookFile>();

  /** `closing`: what is being loaded is waited for no longer, and nothing is started. */
  constructor(
    private readonly options: RuleShelfOptions,
    private readonly closing: AbortSignal,
  ) {}

  get all(): readonly BookFile[] {
    return [...this.files.values()];
  }

  get(file: string): BookFile | undefined {
    return this.files.get(file);
  }

  /** These are there: loads what is new or has changed, and stops what is gone. What somebody has stopped stays so. */
  async refresh(files: readonly string[]): Promise<void> {
    const look: Look = { held: this.heldIds(), refused: [] };
    for (const { file } of this.all) if (!files.includes(file)) await this.drop(file, look);
    for (const file of files) if (await this.isDue(file)) await this.reload(file, look);
    await this.settle(look);
    // In the order of the places, whenever they were found.
    this.files = new Map(files.flatMap((file) => [...this.entry(file)]));
  }

  /** Loads this one, whether it has changed or not. */
  async retry(file: string): Promise<void> {
    const look: Look = { refused: [] };
    await this.reload(file, look);
    await this.settle(look);
  }

  /** Starts what has failed for want of a plugin that is ready by now: once for each installation. */
  supply(): void {
    const rules = this.all.flatMap((file) => file.rules);
    if (this.closing.aborted || rules.every(({ status }) => status.phase !== 'failed')) return;
    const plugins = this.options.suppliers();
    for (const rule of rules) {
      const { status } = rule;
      const plugin = status.phase === 'failed' ? supplierOf(status, plugins) : undefined;
      if (plugin === undefined || !rule.mayTry(`${plugin.name} ${plugin.installedAt}`)) continue;
      this.options.log.info({ rule: rule.id }, `rule ${rule.id} starts again: plugin ${plugin.name} is there now`);
      void this.begin(rule);
    }
  }

  /** What does not load may wait for a file that it imports, or for an id that another one has given up. */
  private async isDue(file: string): Promise<boolean> {
    const known = this.files.get(file);
    return known === undefined || known.error !== undefined || known.print !== (await fingerprint(known.parts));
  }

  /** All of a file or nothing: what does not load leaves what it brought before. */
  private async reload(file: string, look: Look): Promise<void> {
    if (this.closing.aborted) return;
    const loading = from(loadRuleFile(file, this.options.clock));
    const closed = fromEvent(this.closing, 'abort');
    const loaded = await firstValueFrom(loading.pipe(takeUntil(closed)), { defaultValue: undefined });
    if (loaded === undefined) return;
    if (loaded.error !== undefined) await this.keep(loaded, loaded.error);
    else if (takenId(claimOf(loaded), this.claims()) !== undefined) look.refused.push(loaded);
    else await this.take(loaded, look);
  }

  /** Those whose ids have become free since, or that only change them with each other. */
  private async settle(look: Look): Promise<void> {
    const chosen = comingTogether(look.refused.map(claimOf), this.claims());
    const coming = look.refused.filter(({ file }) => chosen.some((one) => one.file === file));
    await Promise.all(coming.map(({ file }) => this.retire(file, look)));
    for (const loaded of coming) await this.take(loaded, look);
    for (const loaded of look.refused.filter((one) => !coming.includes(one))) {
      const { file } = loaded;
      const taken = takenId(claimOf(loaded), this.claims());
      if (taken !== undefined) await this.keep(loaded, ruleFileTaken(file, taken.id, taken.owner));
    }
  }

  /** What it brought before stays, for this reason. */
  private async keep({ file, parts: read, print }: LoadedFile, error: RxportError): Promise<void> {
    const { clock, log } = this.options;
    const known = this.files.get(file);
    if (error.message !== known?.error?.message) log.error({ file, code: error.code }, error.message);
    const parts = [...new Set([...read, ...(known?.parts ?? [])])];
    const all = print === undefined ? undefined : await fingerprint(parts);
    this.files.set(file, { file, rules: known?.rules ?? [], parts, print: all, error, since: dateOf(clock) });
  }

  /** Its rules in place of those that it brought before. */
  private async take({ file, rules: definitions, parts, print }: LoadedFile, look: Look): Promise<void> {
    const { clock, log } = this.options;
    const known = this.files.get(file);
    await this.retire(file, look);
    if (this.closing.aborted) return;
    const ended = (): void => this.supply();
    const rules = definitions.map((definition) => new RuleEntry(definition, file, { ...this.options, ended }));
    this.files.set(file, { file, rules, parts, print, error: undefined, since: dateOf(clock) });
    await Promise.all(rules.map((rule) => (look.held?.has(rule.id) === true ? rule.stop() : this.begin(rule))));
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

  private async drop(file: string, look: Look): Promise<void> {
    await this.retire(file, look);
    this.files.delete(file);
    this.options.log.info({ file }, `${file} is gone, its rules are stopped`);
  }

  /** Notes who was stopped, or started, since the look began: up to now that was said to these. */
  private async retire(file: string, { held }: Look): Promise<void> {
    const { rules = [] } = this.files.get(file) ?? {};
    await Promise.all(rules.map((rule) => rule.retire()));
    for (const { id, isHeld } of rules) {
      if (isHeld) held?.add(id);
      else held?.delete(id);
    }
  }

  private claims(): readonly Claim[] {
    return this.all.map(claimOf);
  }

  private heldIds(): Set<string> {
    const rules = this.all.flatMap((file) => file.rules);
    return new Set(rules.filter(({ isHeld }) => isHeld).map(({ id }) => id));
  }

  find(id: string): RuleEntry | undefined {
    for (const { rules } of this.files.values()) for (const rule of rules) if (rule.id === id) return rule;
    return undefined;
  }

  private *entry(file: string): Iterable<readonly [string, BookFile]> {
    const found = this.files.get(file);
    if (found !== undefined) yield [file, found];
  }
}

const claimOf = ({
  file,
  rules,
}: {
  readonly file: string;
  readonly rules: readonly { readonly id: string }[];
}): Claim => ({
  file,
  ids: rules.map(({ id }) => id),
});
