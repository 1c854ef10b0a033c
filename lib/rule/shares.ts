import { operatorOption, shareExists } from '../errors.js';
import { checkOverflow, type StageScope } from '../stage.js';
import { checkName } from '../wire/names.js';
import { Share, type ShareDeps } from './share.js';
import { isPace } from './share-pace.js';
import type { ShareBody, Shared, ShareOptions } from './shared.js';

/** The shares of a host, by their names. */
export class Shares {
  private readonly all = new Map<string, Share<unknown>>();

  constructor(private readonly deps: Omit<ShareDeps, 'circle' | 'closed'>) {}

  has(name: string): boolean {
    return this.all.has(name);
  }

  /** Throws `ERR_NAME_INVALID`, `ERR_RULE_EXISTS`, `ERR_OPERATOR_OPTION`. */
  define<T>(name: string, body: ShareBody<T>, { pace = 'slowest', queue }: ShareOptions = {}): Shared<T> {
    checkName('share', name);
    if (this.all.has(name)) throw shareExists(name);
    if (!isPace(pace)) throw operatorOption(`share ${name}`, `pace ${String(pace)} is none of slowest, fastest`);
    const overflow = checkOverflow(`share ${name}`, queue);
    const share: Share<T> = new Share<T>(
      { name, body, pace, overflow },
      {
        ...this.deps,
        circle: (taken, scope) => circleOf([...this.all.values()], taken, scope),
        closed: () => this.all.get(name) === share && this.all.delete(name),
      },
    );
    this.all.set(name, share);
    return share;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.all.values()].map((share) => share.stop()));
  }

  /** Cuts off what still runs. */
  cut(): void {
    for (const share of this.all.values()) share.cut();
  }
}

/** Who takes from a share: the scopes of rules, and of the bodies of other shares. */
interface Node {
  readonly name: string;
  readonly scope: StageScope | undefined;
  readonly takers: readonly (StageScope | undefined)[];
}

/** The name of the share whose body has `scope`, when what that one tells comes to `taken` already. */
export function circleOf<N extends Node>(all: readonly N[], taken: N, scope: StageScope): string | undefined {
  const taker = all.find((share) => share.scope === scope);
  return taker !== undefined && comesTo(all, taker, taken) ? taker.name : undefined;
}

const comesTo = <N extends Node>(all: readonly N[], from: N, to: N): boolean =>
  from === to ||
  all.some((next) => next.scope !== undefined && from.takers.includes(next.scope) && comesTo(all, next, to));
