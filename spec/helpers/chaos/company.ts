/** Plugins in several languages, and rules that run through them: within each, and from each to the next. */
import { join } from 'node:path';
import type { Host, Plugin, Rule } from '../../../lib/index.js';
import { STOCK_IPC_DIR } from '../../../lib/wire/address.js';
import type { Names, Subject } from '../subject.js';
import type { Cast } from './actions.js';
import type { Whereabouts } from './stranger.js';

/** The path of a rule. */
interface Route {
  readonly from: Subject;
  readonly through: Subject;
  readonly to: Subject;
}

/** Milliseconds between two tuples of each rule. */
const INTERVAL = 10;
/** So many events of a rule are kept, to tell what became of it. */
const REMEMBERED = 12;

export class Company {
  /** Plugins by language, rules by their route: the same in each run. */
  readonly cast: Cast;
  private updates = 0;
  private readonly events = new Map<string, string[]>();
  private readonly routes: ReadonlyMap<string, Route & { readonly id: string; readonly file: string }>;

  static async gather(host: Host, ipcDir: string, subjects: readonly Subject[], names: Names): Promise<Company> {
    for (const subject of subjects) await host.plugins.install(subject.folder('v1.0.0'));
    const company = new Company(host, ipcDir, subjects, names);
    for (const rule of company.cast.rules) company.start(rule);
    return company;
  }

  private constructor(
    private readonly host: Host,
    private readonly ipcDir: string,
    private readonly subjects: readonly Subject[],
    { unique, tempFolder }: Names,
  ) {
    const folder = tempFolder();
    const routes = [0, 1].flatMap((step) => subjects.map((from, at) => routeFrom(subjects, from, at, step)));
    this.routes = new Map(
      routes.map((route, at) => [
        [route.from, route.through, route.to].map(({ language }) => language).join('-'),
        { ...route, id: unique('chaos'), file: join(folder, `out-${at}`) },
      ]),
    );
    this.cast = { plugins: subjects.map(({ language }) => language), rules: [...this.routes.keys()] };
  }

  start(name: string): void {
    const { id, from, through, to, file } = this.route(name);
    const events = this.events.get(name) ?? [];
    this.events.set(name, events);
    const rule = this.host.rule(id, ({ source, call, sink }) =>
      source<{ readonly i: number }>(from.source, { config: { interval: INTERVAL } })
        .pipe(
          call(
            through.function,
            ({ i }) => through.args(i),
            (_, i: number) => ({ i }),
          ),
        )
        .subscribe(sink(to.sink, { config: { path: file } })),
    );
    rule.events$.subscribe((event) => {
      events.push(JSON.stringify(event));
      if (events.length > REMEMBERED) events.shift();
    });
  }

  /** The last events of a rule, of all its lives. */
  lastEvents(name: string): readonly string[] {
    return this.events.get(name) ?? [];
  }

  /** Undefined while it is stopped. */
  rule(name: string): Rule | undefined {
    const { id } = this.route(name);
    return this.host.rules.find((rule) => rule.id === id);
  }

  /** How many tuples have left it. */
  delivered(name: string): number {
    const { to } = this.route(name);
    return this.rule(name)?.ledger().stages[`sink ${to.sink}`]?.passed ?? 0;
  }

  async update(language: string, strategy: 'overlap' | 'replace'): Promise<void> {
    const subject = this.subject(language);
    this.updates += 1;
    await this.host.plugins.update(subject.name, subject.folder(`v1.0.${this.updates}`), { strategy });
  }

  plugin(language: string): Plugin {
    return this.host.plugins.get(this.subject(language).name);
  }

  subject(language: string): Subject {
    return found(this.subjects.find((subject) => subject.language === language));
  }

  /** A socket in the folder of the stock SDKs whose name holds one of these is of this company. */
  get marks(): readonly string[] {
    const stock = this.subjects.filter(({ language }) => language !== 'TypeScript');
    return [
      ...stock.flatMap((subject) => [subject.name, subject.function]),
      ...[...this.routes.values()].map(({ id }) => id),
    ];
  }

  whereabouts(language: string): Whereabouts {
    const { name, function: symbol } = this.subject(language);
    const rules = [...this.routes.values()].filter(({ from }) => from.name === name).map(({ id }) => id);
    const ipcDir = language === 'TypeScript' ? this.ipcDir : STOCK_IPC_DIR;
    return { ipcDir, plugin: name, function: symbol, rules };
  }

  private route(name: string): Route & { readonly id: string; readonly file: string } {
    return found(this.routes.get(name));
  }
}

function routeFrom(subjects: readonly Subject[], from: Subject, at: number, step: number): Route {
  const after = (steps: number): Subject => found(subjects[(at + steps * step) % subjects.length]);
  return { from, through: after(1), to: after(2) };
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nobody of that name');
  return value;
}
