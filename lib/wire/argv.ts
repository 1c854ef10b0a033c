import * as t from 'io-ts';

/** What our host adds to the argument that every SDK gets; the stock ones ignore it. */
const Extension = t.intersection([
  t.type({ v: t.literal(1), caps: t.readonlyArray(t.string) }),
  t.partial({
    ipcDir: t.string,
    /** Milliseconds from SIGTERM to SIGKILL; the host's default where it says nothing. */
    killTimeout: t.number,
  }),
]);
export type Extension = t.TypeOf<typeof Extension>;

/** `argv[1]` of a plugin: `{"sendTimeout":1000,"rxport":{"v":1,"caps":["complete"],"ipcDir":"/tmp/rxport-x"}}`. */
export const Argv = t.intersection([t.type({ sendTimeout: t.number }), t.partial({ rxport: Extension })]);
export type Argv = t.TypeOf<typeof Argv>;

/** The constant that eKuiper passes, in milliseconds. */
const SEND_TIMEOUT = 1_000;

export const encodeArgv = (rxport: Extension): string => JSON.stringify({ sendTimeout: SEND_TIMEOUT, rxport });

/** What a plugin was given; undefined under a stock host, which adds nothing, and when started by hand. */
export function decodeArgv(text: string | undefined): Extension | undefined {
  if (text === undefined) return undefined;
  try {
    const argv: unknown = JSON.parse(text);
    return Argv.is(argv) ? argv.rxport : undefined;
  } catch {
    return undefined;
  }
}
