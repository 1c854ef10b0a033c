/**
 * Stages: the places that count tuples, what they hold, and what they ask of the rule. A rule opens a scope around its
 * body; an operator finds that scope when it is subscribed, and works without one.
 */
export { type Admission, Bound, type Scale } from './stage/bound.js';
export { Deadlines } from './stage/deadlines.js';
export { checkOverflow, type CheckedOverflow, DEFAULT_OVERFLOW, marksOf, type Overflow } from './stage/overflow.js';
export { type Gauge, type Holds, type Marks, Pressure } from './stage/pressure.js';
export { type Key, KeyedQueue } from './stage/keyed-queue.js';
export { leftFirst } from './stage/left-first.js';
export { completeLater, Outlet, teardownError } from './stage/outlet.js';
export { Queue } from './stage/queue.js';
export { Lane, type LaneHandler, type LaneOptions, type Slot } from './stage/lane.js';
export { currentScope, type StageScope, withScope } from './stage/scope.js';
export { isBalanced, Stage, type StageCounts, type StageHooks, type StageKind } from './stage/stage.js';
export { taken, type Waiting } from './stage/taken.js';
export { Sweep } from './stage/sweep.js';
export { Throttle } from './stage/throttle.js';
export { Weights } from './stage/weights.js';
