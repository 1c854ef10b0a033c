/** Server-sent events: what stands after `data:`, joined by line feeds where an event has several such lines. */

/** What an event has beyond this is cut off: nothing that a service tells is as long. */
const MAX_EVENT = 1024 * 1024;

export async function* eventData(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let data: string | undefined;
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(LINE_END);
    rest = (lines.pop() ?? '').slice(0, MAX_EVENT);
    for (const line of lines) {
      if (line !== '') data = joined(data, dataIn(line));
      else if (data !== undefined) {
        yield data;
        data = undefined;
      }
    }
  }
}

/** A carriage return at the end of a chunk may be half of a pair. */
const LINE_END = /\r\n|\n|\r(?!$)/;

/** Comments (`: …`) and other fields say nothing to us. */
const dataIn = (line: string): string | undefined => {
  const field = /^data(?:: ?(.*))?$/s.exec(line);
  return field === null ? undefined : (field[1] ?? '');
};

function joined(data: string | undefined, more: string | undefined): string | undefined {
  const all = data === undefined || more === undefined ? (data ?? more) : `${data}\n${more}`;
  return all?.slice(0, MAX_EVENT);
}
