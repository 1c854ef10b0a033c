import { createRequire } from 'node:module';
import { reasonOf } from '../../errors.js';
import { packageVersion } from '../version.js';
import type { Finding } from './finding.js';

const LEAST_NODE = [20, 19] as const;

export async function versionFindings(): Promise<readonly Finding[]> {
  const area = 'versions';
  return [
    { area, what: 'rxport', level: 'ok', found: packageVersion() },
    nodeFinding(process.versions.node),
    peer('rxjs'),
    await addon(),
  ];
}

export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  const finding = { area: 'versions', what: 'node', found: version } as const;
  return enough
    ? { ...finding, level: 'ok' }
    : { ...finding, level: 'fail', advice: `use ${LEAST_NODE.join('.')} or newer` };
}

function peer(name: string): Finding {
  const finding = { area: 'versions', what: name } as const;
  try {
    return { ...finding, level: 'ok', found: versionOf(name) };
  } catch (cause) {
    return { ...finding, level: 'fail', found: firstLine(reasonOf(cause)), advice: `npm install ${name}` };
  }
}

/** Only `transport: 'nanomsg'` wants it; it has to be built on the machine. */
async function addon(): Promise<Finding> {
  const finding = { area: 'versions', what: 'nanomsg' } as const;
  const advice = 'only for --transport nanomsg: npm install nanomsg (it needs a C compiler)';
  let version: string;
  try {
    version = versionOf('nanomsg');
  } catch {
    return { ...finding, level: 'note', found: 'not installed', advice };
  }
  try {
    const { openNanomsgTransport } = await import('../../sp/nanomsg.js');
    await openNanomsgTransport();
    return { ...finding, level: 'ok', found: version };
  } catch (cause) {
    return { ...finding, level: 'note', found: `${version}, can not be loaded: ${firstLine(reasonOf(cause))}`, advice };
  }
}

const versionOf = (name: string): string => {
  const require = createRequire(import.meta.url);
  return (require(`${name}/package.json`) as { readonly version: string }).version;
};

const firstLine = (text: string): string => text.split('\n')[0] ?? '';
