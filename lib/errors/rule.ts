import { make, reasonOf, type RxportError } from './rxport-error.js';

export const ruleBranchUntracked = (rule: string, branch: unknown): RxportError =>
  make(
    'ERR_RULE_BRANCH_UNTRACKED',
    `rule ${rule}: its body returned ${whatItIs(branch)}; return the Observable, the rule subscribes to it, or what subscribe(sink) returns for a sink of this rule`,
    { rule },
  );

export const shareBodyInvalid = (share: string, stream: unknown): RxportError =>
  make('ERR_RULE_BRANCH_UNTRACKED', `share ${share}: its body returned ${whatItIs(stream)}; return one Observable`, {
    share,
  });

const whatItIs = (branch: unknown): string => {
  if (branch === undefined || branch === null) return 'nothing';
  if (branch instanceof Promise) return 'a promise (a body is not async)';
  return typeof branch === 'object' && 'unsubscribe' in branch
    ? 'a subscription that is not a sink of this rule'
    : `a ${typeof branch}`;
};

export const ruleClosed = (rule: string): RxportError =>
  make('ERR_RULE_CLOSED', `rule ${rule} has ended: start it anew with host.rule()`, { rule });

export const ruleExists = (rule: string): RxportError =>
  make('ERR_RULE_EXISTS', `rule ${rule} is running: stop it first, or choose another id`, { rule });

export const shareExists = (share: string): RxportError =>
  make('ERR_RULE_EXISTS', `${share} is the name of a share: stop it first, or choose another one`, { share });

export const shareClosed = (share: string): RxportError =>
  make('ERR_RULE_CLOSED', `share ${share} has been stopped: define it anew with host.share()`, { share });

export const shareCircle = (share: string, by: string): RxportError =>
  make(
    'ERR_SHARE_CIRCLE',
    `share ${by} can not take from share ${share}, which takes from it: give one of them a source of its own`,
    { share, by },
  );

export const ruleUnknown = (rule: string, known: readonly string[]): RxportError =>
  make('ERR_RULE_UNKNOWN', `there is no rule ${rule}; known rules: ${known.join(', ') || 'none'}`, { rule, known });

export const hostLocked = (dir: string, pid: number): RxportError =>
  make('ERR_HOST_LOCKED', `${dir} belongs to a running host (pid ${pid}): stop that one, or use another folder`, {
    dir,
    pid,
  });

/** Whose lock it is can not be seen: root's, or that of another user. */
export const hostUnseen = (dir: string, lock: string, cause: unknown): RxportError =>
  make(
    'ERR_HOST_LOCKED',
    `${dir} may belong to a running host, its lock can not be read: ${reasonOf(cause)}. It may be that of another user: use another folder, or delete ${lock} if no host runs there`,
    { dir },
    cause,
  );

export const hostStopped = (): RxportError => make('ERR_HOST_STOPPED', 'the host has been stopped: start a new one');

export const pluginInUse = (name: string, rules: readonly string[]): RxportError =>
  make('ERR_PLUGIN_IN_USE', `plugin ${name} is used by ${rules.join(', ')}: stop them first, or force`, {
    name,
    rules,
  });
