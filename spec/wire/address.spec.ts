import { describe, expect, it } from '@jest/globals';
import { ackPath, controlPath, dataPath, functionPath, STOCK_IPC_DIR } from '../../lib/wire/address.js';

describe('the addresses', () => {
  it('are those of the contract', () => {
    const meta = { ruleId: 'rule1', opId: 'op1', instanceId: 0 };
    expect(STOCK_IPC_DIR).toBe('/tmp');
    expect(controlPath('/tmp', 'mirror')).toBe('/tmp/plugin_mirror.ipc');
    expect(functionPath('/tmp', 'echo')).toBe('/tmp/func_echo.ipc');
    expect(dataPath('/tmp', meta)).toBe('/tmp/rule1_op1_0.ipc');
    expect(ackPath('/tmp', { ...meta, instanceId: 3 })).toBe('/tmp/rule1_op1_3_ack.ipc');
  });
});
