/** A service with the plugin `thermo` and two rules. */
import type { Answer } from './rest-service.js';
import { RestService } from './rest-service.js';

export const PLUGINS = '/plugins/portables';
export const thermo = {
  name: 'thermo',
  version: 'v1.0.0',
  language: 'python',
  executable: '/data/plugins/portables/thermo/main.py',
  sources: ['temperature'],
  sinks: [],
  functions: ['celsius', 'kelvin'],
};
export const status = {
  refCount: { overheat: 1 },
  status: 'running',
  errMsg: '',
  pid: 4711,
  restarts: 2,
  symbols: [{ kind: 'source', symbol: 'temperature', ruleId: 'overheat' }],
  channels: [],
  lastErrors: [{ at: 1_000, code: 'ERR_PLUGIN_EXITED', message: 'plugin thermo \x1b[31mexited with code 1' }],
  lastUpdate: { at: 1_000, from: 'v0.9.0', to: 'v1.0.0', strategy: 'overlap', took: 340, sources: [{ gap: 4 }] },
};
export const at = new Date(2026, 4, 4, 12, 3, 4, 5).getTime();
export const lines = [
  { at, stream: 'stdout', text: 'hello' },
  { at, stream: 'stderr', text: 'b\x1b[2Jad' },
];
export const rules = [
  { id: 'overheat', status: 'running', since: 1_000, file: 'rules/overheat.ts' },
  {
    id: 'broken.ts',
    status: 'failed',
    file: 'rules/broken.ts',
    error: { code: 'ERR_RULE_FILE', message: 'no export' },
  },
];
export const ledger = {
  balanced: true,
  stages: {
    'source temperature': { received: 1_200, passed: 1_190, dropped: { overflow: 10 }, failed: {}, inFlight: 0 },
  },
};

export const thermoService = (more: Readonly<Record<string, Answer>> = {}): Promise<RestService> =>
  RestService.listen({
    [`GET ${PLUGINS}`]: { body: [thermo] },
    [`GET ${PLUGINS}/thermo`]: { body: thermo },
    [`GET ${PLUGINS}/thermo/status`]: { body: status },
    'GET /rules': { body: rules },
    ...more,
  });

export const text = (body: string, code = 200): Answer => ({
  status: code,
  body,
  headers: { 'content-type': 'text/plain' },
});
export const words = (printed: string): readonly string[] =>
  printed
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/ +/g, ' '));
