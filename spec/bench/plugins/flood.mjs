/** A source that saturates its host: START runs the native flooder, `config.program`, on the data channel. */
import { spawn } from 'node:child_process';
import { address, serve } from '../../fixtures/plugins/sp.mjs';

const running = new Map();

await serve((text) => {
  const { cmd, arg } = JSON.parse(text);
  const { meta, config } = JSON.parse(arg);
  const name = `${meta.ruleId}_${meta.opId}_0`;
  if (cmd === 'start') {
    const args = ['-size', String(config.size), `ipc://${address(name)}`];
    running.set(name, spawn(config.program, args, { stdio: 'ignore' }));
  } else {
    running.get(name)?.kill('SIGTERM');
    running.delete(name);
  }
  return 'ok';
});
