/**
 * Makes the working copy ready; runs before `node_modules` exists and does only what changed.
 *
 *   node scripts/setup.mjs run      dependencies, build
 *   node scripts/setup.mjs build    the same; what `npm run build` calls
 *   node scripts/setup.mjs python   dependencies, build, Python
 *   node scripts/setup.mjs test     dependencies, build, nanomsg, Python, Go
 */
import { build } from './setup/build.mjs';
import { installDependencies } from './setup/dependencies.mjs';
import { locked } from './setup/lock.mjs';
import { StepFailed } from './setup/step.mjs';
import { prepareToolchains } from './setup/toolchains.mjs';

const toolchains = { run: [], build: [], python: ['python'], test: ['nanomsg', 'python', 'go'] };

const [purpose = 'run'] = process.argv.slice(2);
const wanted = toolchains[purpose];
if (!wanted) fail(`unknown purpose "${purpose}", use one of: ${Object.keys(toolchains).join(', ')}`);

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) fail(`Node ${process.versions.node} is too old, rxport needs 20.19`);

try {
  await locked(async () => {
    await installDependencies();
    await build();
    const missing = await prepareToolchains(wanted);
    if (missing.length > 0 && process.env.CI === 'true') {
      fail(`with CI=true every toolchain must be there, missing: ${missing.join(', ')}`);
    }
  });
} catch (thrown) {
  if (!(thrown instanceof StepFailed)) throw thrown;
  fail(thrown.message);
}

function fail(text) {
  console.error(`setup: ${text}`);
  process.exit(1);
}
