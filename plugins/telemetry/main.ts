import { plugin } from 'rxport/sdk';
import { deviation } from './deviation.js';
import { machine } from './machine.js';

plugin({ name: 'telemetry', sources: { machine }, functions: { deviation } });
