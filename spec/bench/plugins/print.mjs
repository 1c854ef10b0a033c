/** Does nothing but print, as a debug line in a loop does: 64,000 lines of 1 KiB a second, or as many as are taken. */
import { serve } from '../../fixtures/plugins/sp.mjs';

const lines = `${'x'.repeat(1_023)}\n`.repeat(64);
setInterval(() => process.stdout.write(lines), 1);
await serve(() => 'ok');
