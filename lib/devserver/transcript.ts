import { basename } from 'node:path';
import * as t from 'io-ts';
import { plainText } from '../process/output.js';
import type { WireEvent } from '../sp/tap.js';

/** Characters of a body that are shown. */
const SHOWN = 400;
/** Bytes of a body that are looked at. */
const LOOKED_AT = 4_096;

const Command = t.type({ cmd: t.string, arg: t.string });

/**
 * One line for what goes over the wire: `→ control #1 start {"symbolName":…}`. `→` is to the plugin, `#1` the id of the
 * request that says it or is answered by it. A long body is cut, and its length given; a terminal would act on nothing.
 */
export function transcriptLine(event: WireEvent, controlPath: string): string {
  const channel = channelOf(event.address, controlPath);
  if (!('body' in event)) return `· ${channel} ${event.type}`;
  const { type, body, id, repeated = false } = event;
  const said = `${type === 'out' ? '→' : '←'} ${channel}${id === undefined ? '' : ` #${id}`}`;
  return `${said} ${shown(body, event.address === controlPath)}${repeated ? ' (repeated)' : ''}`;
}

function channelOf(address: string, controlPath: string): string {
  if (address === controlPath) return 'control';
  const name = basename(address, '.ipc');
  if (name.startsWith('func_')) return `function ${name.slice('func_'.length)}`;
  return name.endsWith('_ack') ? `ack ${name.slice(0, -'_ack'.length)}` : `data ${name}`;
}

function shown(body: string | Uint8Array, isControl: boolean): string {
  const bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  if (bytes === 0) return '(empty)';
  const text = typeof body === 'string' ? body : Buffer.from(body.subarray(0, LOOKED_AT)).toString();
  const whole = isControl ? commandText(text) : text;
  const line = plainText(whole.slice(0, SHOWN).replace(/\r?\n/g, ' ⏎ '));
  return whole.length > SHOWN || bytes > LOOKED_AT ? `${line}… (${bytes} bytes)` : line;
}

/** The JSON inside the string of a command, without its quoting. */
function commandText(text: string): string {
  try {
    const command: unknown = JSON.parse(text);
    return Command.is(command) ? `${command.cmd} ${command.arg}` : text;
  } catch {
    return text;
  }
}
