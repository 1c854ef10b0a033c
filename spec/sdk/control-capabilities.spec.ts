import { expect, it } from '@jest/globals';
import { decodeHandshake } from '../../lib/wire/handshake.js';
import { type Dialect, PluginHost } from '../helpers/plugin-host.js';
import { until } from '../helpers/until.js';

it.each<[string, Dialect, readonly string[]]>([
  ['nothing to a host of which it knows nothing, as below a wrapper that forgets its argument', 'stock', []],
  ['what the host names', ['batch'], ['batch']],
  ['nothing that it does not know', ['complete', 'something newer'], ['complete']],
  ['nothing to a host that names nothing', [], []],
])('a plugin names %s', async (_, dialect, named) => {
  const host = await PluginHost.listen(dialect);
  host.run({});
  const { heard } = host.control;
  await until(() => heard.length === 1);
  expect([...decodeHandshake(heard[0] ?? '').capabilities]).toEqual(named);
});
