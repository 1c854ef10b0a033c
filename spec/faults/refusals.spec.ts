import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { NEVER } from 'rxjs';
import { Host, type Plugin, type RuleBody } from '../../lib/index.js';
import { copyFixture, pythonBin } from '../helpers/fixture.js';
import { silent } from '../helpers/host.js';
import { newFile } from '../helpers/parts.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
import { describeWith, toolchain } from '../helpers/toolchains.js';
import { tempFolder, unique } from '../helpers/unique.js';

interface Refusing {
  readonly dir: string;
  readonly source: string;
  readonly sink: string;
}

const texts = ['host unreachable', 'handshake failed', 'handshake ', 'Handshake', 'h', 'okay', 'not found', ''];

function refusals(make: () => Refusing, text: (refuse: string) => unknown): void {
  let host: Host;
  let plugin: Plugin;
  let refusing: Refusing;

  beforeAll(async () => {
    const python = toolchain('python');
    refusing = make();
    host = await Host.start({
      dir: join(tempFolder(), 'data'),
      logger: silent,
      flushTimeout: 50,
      ...(python.ok && { pythonBin: pythonBin() }),
    });
    plugin = await host.plugins.install(refusing.dir);
  });
  afterAll(() => host.stop());

  it.each(texts)('are the errors of the rule, word for word: "%s"', async (refuse) => {
    const before = plugin.state;
    const config = { refuse, path: newFile() };
    const bodies: RuleBody[] = [
      ({ source }) => source(refusing.source, { config }),
      ({ sink }) => NEVER.subscribe(sink(refusing.sink, { config })),
    ];
    const ends = await Promise.all(bodies.map((body) => host.rule(unique('r'), body, { restart: 'never' }).done));
    for (const end of ends) {
      expect(end).toMatchObject({ phase: 'failed', error: { code: 'ERR_SYMBOL_REFUSED', details: { verb: 'start' } } });
      expect(end).toHaveProperty('error.details.text', text(refuse));
    }
    // Nothing was asked twice, and nobody was restarted.
    expect(plugin.state).toEqual(before);
    expect(plugin.usedBy).toEqual([]);
  });
}

describe('the words with which a plugin refuses', () => {
  const make = (): Refusing => {
    const { dir, symbol } = scriptedPlugin();
    return { dir, source: symbol('count'), sink: symbol('file') };
  };
  refusals(make, (refuse) => refuse);
});

describeWith('go', 'the words with which a Go plugin refuses', () => {
  const make = (): Refusing => {
    const { dir, symbol } = copyFixture('go');
    return { dir, source: symbol('random'), sink: symbol('file') };
  };
  refusals(make, (refuse) => refuse);
});

describeWith('python', 'the traceback with which a Python plugin refuses', () => {
  const make = (): Refusing => {
    const { dir, symbol } = copyFixture('python');
    return { dir, source: symbol('pyrandom'), sink: symbol('pyfile') };
  };
  refusals(make, (refuse) => expect.stringMatching(new RegExp(`^Traceback[^]*ValueError(: ${refuse})?\\s*$`)));
});
