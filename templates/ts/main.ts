import { plugin } from 'rxport/sdk';
import { lines } from './lines.js';
import { round } from './round.js';
import { ticks } from './ticks.js';

// The names of the plugin and of its symbols are those of __plugin__.json.
plugin({
  name: '__plugin__',
  sources: { __symbol___ticks: ticks },
  functions: { __symbol___round: round },
  sinks: { __symbol___lines: lines },
});
