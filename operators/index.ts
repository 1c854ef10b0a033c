/** `rxport/operators`: operators for streams of measurements; each works inside a rule and without one. */
export { deadband } from './deadband.js';
export type { Late } from './late.js';
export { tumbling } from './tumbling.js';
export { validate, type Invalid, type ValidateOptions } from './validate.js';
export type { Bounds, EventTime, Values, Window, WindowOptions } from './window.js';
export type { Aggregate, Aggregates, AnyAggregate, Results } from './aggregates.js';
