/** A sink that reads as fast as Node can and looks at nothing. */
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { address, serve } from '../../fixtures/plugins/sp.mjs';

const PULL = 0x51;
const running = new Map();

await serve((text) => {
  const { cmd, arg } = JSON.parse(text);
  const { meta } = JSON.parse(arg);
  const path = address(`${meta.ruleId}_${meta.opId}_0`);
  if (cmd === 'start') {
    rmSync(path, { force: true });
    const server = createServer((socket) => {
      socket.write(Buffer.from([0, 0x53, 0x50, 0, 0, PULL, 0, 0]));
      socket.on('error', () => undefined);
      socket.resume();
    });
    running.set(path, server);
    return new Promise((resolve) => {
      server.listen(path, () => resolve('ok'));
    });
  }
  running.get(path)?.close();
  running.delete(path);
  return 'ok';
});
