import { plugin } from 'rxport/sdk';
import { replay } from './replay.js';

plugin({ name: 'replay', sources: { replay } });
