/** `rxport/operators`: operators for streams of measurements; each works inside a rule and without one. */
export { deadband } from './deadband.js';
export { iterate, type IterateOptions } from './iterate.js';
export type { Late } from './late.js';
export { mapAsync, type MapAsyncOptions } from './map-async.js';
export { queued, type QueuedOptions } from './queued.js';
export type { StageOptions } from './stage-options.js';
export { tumbling } from './tumbling.js';
export { validate, type Invalid, type ValidateOptions } from './validate.js';
export type { Bounds, EventTime, Values, Window, WindowOptions } from './window.js';
export type { Aggregate, Aggregates, AnyAggregate, Results } from './aggregates.js';
