import { describe, expect, it } from '@jest/globals';
import { parseSpawnRecord } from '../../lib/process/spawn-record.js';

const record = { name: 'p', pid: 7, bootId: 'b', startTime: '9', executable: '/main', token: 't' };

describe('the record of a spawn', () => {
  it('is read as it was written', () => {
    expect(parseSpawnRecord(JSON.stringify(record))).toEqual(record);
  });

  it.each([
    ['nothing', ''],
    ['half of it', '{"name":"p","pid":'],
    ['another thing', '[]'],
    ['an id that is no number', JSON.stringify({ ...record, pid: '7' })],
    ['no token', JSON.stringify({ ...record, token: undefined })],
  ])('is none when the file holds %s', (_, text) => {
    expect(parseSpawnRecord(text)).toBeUndefined();
  });
});
