import { type SourceContext, withMeta } from 'rxport/sdk';
import { eventTime } from './event-time.js';
import { paceOf } from './pace.js';
import { rowsOf } from './rows.js';
import { type Settings, settingsOf } from './settings.js';

/** The rows of a file, at the pace of its event times, at a rate, or as fast as they are taken; completes after the last. */
export function replay({ dataSource, config, signal }: SourceContext): AsyncIterable<unknown> {
  // Not in the generator: what is thrown here is the answer to the start of the source.
  return play(settingsOf(dataSource, config), signal);
}

async function* play(settings: Settings, signal: AbortSignal): AsyncGenerator<unknown, void> {
  const { time, repeat, limit } = settings;
  const wait = paceOf(settings, signal);
  let played = 0;
  for (let pass = 0; pass < repeat; pass += 1) {
    const before = played;
    for await (const row of rowsOf(settings)) {
      if (played >= limit) return;
      const at = time === undefined ? undefined : eventTime(row, time);
      await wait({ pass, played, at });
      if (signal.aborted) return;
      yield at === undefined ? row.value : withMeta(row.value, { event_time_ms: at });
      played += 1;
    }
    // To repeat nothing would take for ever.
    if (played === before) return;
  }
}
