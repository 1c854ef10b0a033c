/** Server-sent events: what stands after `data:`, joined by line feeds where an event has several such lines. */

export interface ServerEvent {
  /** `message` where it has no name. */
  readonly event: string;
  readonly data: string;
}

/** What an event has beyond this is cut off: nothing that a service tells is as long. */
const MAX_EVENT = 1024 * 1024;

export async function* serverEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  let data: string | undefined;
  let event: string | undefined;
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(LINE_END);
    rest = (lines.pop() ?? '').slice(0, MAX_EVENT);
    for (const line of lines) {
      if (line !== '') {
        data = joined(data, fieldIn('data', line));
        event = fieldIn('event', line) ?? event;
        continue;
      }
      if (data !== undefined) yield { event: event || 'message', data };
      data = event = undefined;
    }
  }
}

/** A carriage return at the end of a chunk may be half of a pair. */
const LINE_END = /\r\n|\n|\r(?!$)/;

/** Comments (`: …`) and other fields say nothing to us. */
function fieldIn(name: 'data' | 'event', line: string): string | undefined {
  if (line === name) return '';
  if (!line.startsWith(`${name}:`)) return undefined;
  const value = line.slice(name.length + 1);
  return value.startsWith(' ') ? value.slice(1) : value;
}

function joined(data: string | undefined, more: string | undefined): string | undefined {
  const all = data === undefined || more === undefined ? (data ?? more) : `${data}\n${more}`;
  return all?.slice(0, MAX_EVENT);
}
