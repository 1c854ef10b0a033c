import { plugin } from 'rxport/sdk';
import { file } from './file.js';
import { random } from './random.js';

plugin({
  name: 'mirror',
  sources: { random },
  functions: { echo: (value: unknown) => value },
  sinks: { file },
});
