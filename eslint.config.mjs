import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const factoriesOnly = {
  selector: "ThrowStatement > NewExpression[callee.name='Error']",
  message: 'Throw through a factory of lib/errors.ts: callers test the code, never the text.',
};

export default tseslint.config(
  // Templates import what only the folder that is made of them can find; their spec compiles them there.
  { ignores: ['dist/', '.cache/', 'node_modules/', 'rxport-data/', 'templates/', '**/*.js'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked, tseslint.configs.stylistic],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'max-lines': ['error', { max: 250 }],
      eqeqeq: ['error', 'always'],
      'no-restricted-syntax': ['error', factoriesOnly],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      // An async method that waits for nothing keeps a promised shape; so do `Promise<T> | T` callbacks.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowNullish: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      // io-ts has codec and type share one name.
      '@typescript-eslint/no-redeclare': 'off',
      'no-redeclare': 'off',
    },
  },
  { files: ['lib/errors.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['spec/**/*.ts', 'examples/**/*.ts', 'plugins/**/*.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    // Specs look into foreign values, and throw what a user might throw.
    files: ['spec/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'console',
          'URL',
          'Buffer',
          'setTimeout',
          'clearTimeout',
          'performance',
          'setInterval',
          'clearInterval',
          'setImmediate',
          'queueMicrotask',
          'AbortController',
        ].map((name) => [name, 'readonly']),
      ),
    },
    rules: { 'max-lines': ['error', { max: 250 }], eqeqeq: ['error', 'always'] },
  },
);
