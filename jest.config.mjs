/** Jest in ESM mode: run it through `npm test`, which starts Node with `--experimental-vm-modules`. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/spec/**/*.spec.ts'],
  // The build and the caches hold copies of package.json and of specs' plugins.
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.cache/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
  moduleNameMapper: {
    '^rxport$': '<rootDir>/lib/index.ts',
    '^rxport/operators$': '<rootDir>/operators/index.ts',
    '^rxport/sdk$': '<rootDir>/lib/sdk/index.ts',
    '^rxport/sdk/testing$': '<rootDir>/lib/sdk/testing.ts',
    '^rxport/server$': '<rootDir>/lib/server/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  // Child processes: a native addon and process-wide state do not survive worker threads.
  workerThreads: false,
  // Specs wait for processes most of the time: with one worker fewer than processors two of these are half idle.
  maxWorkers: '100%',
  // For what hangs: a machine that does other work, too, is several times slower.
  testTimeout: 60_000,
  // After the results and the teardown, which looks for processes and sockets that were left: a handle that Jest itself
  // still holds must not keep CI waiting.
  forceExit: true,
  globalSetup: '<rootDir>/spec/global-setup.mjs',
  globalTeardown: '<rootDir>/spec/global-teardown.mjs',
  reporters: ['default', '<rootDir>/scripts/summary-reporter.mjs'],
};
