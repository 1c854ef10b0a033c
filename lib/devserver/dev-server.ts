/** The plugin test server: a host for one plugin, whose symbols a developer starts and feeds by hand, over HTTP. */
import fastify, { type FastifyInstance } from 'fastify';
import { map } from 'rxjs';
import { systemClock } from '../clock.js';
import type { HostSettings } from '../config.js';
import { DEADLINE, durationProblem } from '../duration.js';
import { configInvalid, serverAddress } from '../errors.js';
import type { Language } from '../install/manifest.js';
import { type Logger, safeLogger } from '../log.js';
import { FunctionPool } from '../symbol/function-pool.js';
import { controlPath } from '../wire/address.js';
import { EventStreams } from '../server/event-streams.js';
import { checkAddress } from '../server/guard.js';
import { refusesUnread } from '../server/unread-request.js';
import type { ByHandLine } from './by-hand-line.js';
import { lineLogger } from './line-logger.js';
import { PluginUnderTest } from './plugin-under-test.js';
import { addRoutes, answerError } from './routes.js';
import { shown } from './started.js';
import { Symbols } from './symbols.js';
import { transcriptLine } from './transcript.js';
import { WireHub } from './wire-hub.js';

export interface DevServerOptions {
  /** The folder of the plugin; its executable may be TypeScript. */
  readonly folder?: string;
  /** Of the plugin; needed when there is no folder. */
  readonly name?: string;
  /** Of a plugin without a folder, which says what it can take; default `executable`. */
  readonly language?: Language;
  /** False: somebody starts the plugin by hand, under a debugger say. Default: with a folder, true. */
  readonly launch?: boolean;
  /** Builds and starts it anew when its files change; default false. */
  readonly watch?: boolean;
  /** Default 127.0.0.1; any other than a loopback address needs a token. */
  readonly host?: string;
  /** Default 33333; 0 takes a free one. */
  readonly port?: number;
  /** What every request has to carry as its bearer. */
  readonly token?: string;
  /** Logs what goes over the wire; default false. `GET /trace` shows it in any case. */
  readonly trace?: boolean;
  /** Milliseconds for an answer of the plugin; default 30,000, `Infinity` for as long as it takes. */
  readonly timeout?: number;
  /** Interpreters, environment variables and timeouts, as for a host. */
  readonly settings?: Omit<HostSettings, 'dir' | 'ipcDir' | 'transport' | 'replicas'>;
  /** Default: lines of text on stderr. */
  readonly log?: Logger;
  /** Gives up the start; a server that has started is ended by `close`. */
  readonly signal?: AbortSignal;
}

export interface DevServer {
  /** `http://127.0.0.1:33333` */
  readonly url: string;
  readonly name: string;
  /** How to start the plugin by hand; undefined when the server has started it. */
  readonly byHand: ByHandLine | undefined;
  /** Stops what runs, ends the plugin if it was started here, and frees every address. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const PORT = 33_333;
const TIMEOUT = 30_000;
/** Bytes of a request's body. */
const BODY_LIMIT = 1024 * 1024;
/** Milliseconds in which a request has to be there. */
const REQUEST_TIMEOUT = 30_000;
/** Milliseconds between two looks at requests that are not there. */
const LOOK = 5_000;

/**
 * Starts the test server for one plugin; does not wait for the plugin. Rejects with `ERR_CONFIG_INVALID`,
 * `ERR_INSTALL_NOT_FOUND`, `ERR_MANIFEST_*`, `ERR_PLUGIN_EXECUTABLE`, `ERR_PACK_BUILD`, `ERR_TOOL_*`, `ERR_ADDRESS_IN_USE`
 * when a host runs the plugin or the port is taken, `ERR_SERVER_ADDRESS`, and with the reason of an aborted `signal`: then
 * nothing is left.
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const { folder, name, host = HOST, port = PORT, token, timeout = TIMEOUT } = options;
  checkAddress({ host, token });
  const late = durationProblem(timeout, DEADLINE);
  if (late !== undefined) throw configInvalid('the test server', [`timeout ${late}`]);
  if (folder === undefined && name === undefined)
    throw configInvalid('the test server', ['give the folder of a plugin, or the name of one that is started by hand']);
  const clock = systemClock;
  const log = safeLogger(options.log ?? lineLogger(clock, (line) => void process.stderr.write(line)));
  const hub = new WireHub();
  const launch = options.launch ?? folder !== undefined;
  if (launch && folder === undefined) throw configInvalid('the test server', ['launch needs the folder of the plugin']);
  const plugin = await PluginUnderTest.open({
    folder,
    name,
    language: options.language,
    launch,
    watch: options.watch ?? false,
    settings: options.settings ?? {},
    clock,
    log,
    tap: hub.tap,
    signal: options.signal,
  });
  const functions = new FunctionPool(clock, hub.tap);
  const symbols = new Symbols({ plugin, functions, hub, clock, log }, timeout);
  const control = controlPath(plugin.link.ipcDir, plugin.name);
  const transcript$ = hub.events$.pipe(map((event) => transcriptLine(event, control)));
  hub.events$.subscribe(({ type, address }) => {
    if (type === 'opened' && address === control && plugin.link.state.phase === 'ready')
      log.warn({}, `another process of plugin ${plugin.name} has connected, and is turned away: one is there`);
  });
  if (options.trace) transcript$.subscribe((line) => log.info({}, line));
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT,
    // Who names no host is refused by the guard, with a reason. Node looks every 30 s, and takes the larger of its two limits for the body: that of the headers is 60 s by itself.
    http: {
      requestTimeout: REQUEST_TIMEOUT,
      headersTimeout: REQUEST_TIMEOUT,
      connectionsCheckingInterval: LOOK,
      requireHostHeader: false,
    },
    forceCloseConnections: true,
    frameworkErrors: (error, request, reply) => answerError(error, request, reply, log),
    clientErrorHandler: refusesUnread((_, error) => shown(error)),
    exposeHeadRoutes: false,
  });
  const streams = new EventStreams(clock);
  addRoutes(app, { plugin, symbols, transcript$, streams, log, guard: { host, token } });

  const shut = async (): Promise<void> => {
    await symbols.close();
    streams.close();
    await app.close();
    await functions.close();
    await plugin.close();
    hub.close();
  };
  const url = await listen(app, host, port, options.signal).catch(async (error: unknown) => {
    await shut();
    throw error;
  });
  tell(plugin, url, log);
  let closing: Promise<void> | undefined;
  return { url, name: plugin.name, byHand: plugin.byHand, close: () => (closing ??= shut()) };
}

async function listen(app: FastifyInstance, host: string, port: number, signal?: AbortSignal): Promise<string> {
  const url = await app.listen({ host, port }).catch((cause: unknown) => {
    throw serverAddress(`${host}:${port}`, cause);
  });
  signal?.throwIfAborted();
  return url;
}

/** What a developer needs to know, and when the plugin comes and goes. */
function tell({ name, byHand, link }: PluginUnderTest, url: string, log: Logger): void {
  log.info({}, `test server of plugin ${name}: ${url}`);
  if (byHand !== undefined) log.info({}, `start the plugin: ${byHand.text}`);
  link.state$.subscribe(({ phase }) => {
    if (phase === 'ready') log.info({}, `plugin ${name} has shaken hands`);
    else if (byHand !== undefined && phase === 'starting') log.info({}, `waiting for the handshake of plugin ${name}`);
  });
}
