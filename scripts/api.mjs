/**
 * The public API as text, one report per entry point in `api/`, from the declarations in `dist/`.
 *
 *   npm run api              updates the reports
 *   npm run api -- --check   fails when a report is not what the code says
 */
import extractor from '@microsoft/api-extractor';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const { Extractor, ExtractorConfig } = extractor;
const root = fileURLToPath(new URL('..', import.meta.url));
const entries = {
  rxport: 'lib/index',
  operators: 'operators/index',
  sdk: 'lib/sdk/index',
  testing: 'lib/sdk/testing',
  server: 'lib/server/index',
};
const check = process.argv.includes('--check');
const temporary = `${root}.cache/api`;

for (const [name, entry] of Object.entries(entries)) {
  const declarations = `${root}dist/${entry}.d.ts`;
  if (!existsSync(declarations)) {
    console.log(`api: ${name} skipped, there is no ${entry}.ts`);
    continue;
  }
  compare(name, extract(name, declarations));
}

/** The report of one entry point; problems that keep it from being written end the run. */
function extract(name, mainEntryPointFilePath) {
  mkdirSync(temporary, { recursive: true });
  const reportFileName = `${name}.api.md`;
  const config = ExtractorConfig.prepare({
    packageJsonFullPath: `${root}package.json`,
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath,
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'es2022',
            lib: ['es2023', 'esnext.disposable'],
            module: 'nodenext',
            types: ['node'],
            strict: true,
            skipLibCheck: true,
          },
          files: [mainEntryPointFilePath],
        },
      },
      apiReport: { enabled: true, reportFileName, reportFolder: temporary, reportTempFolder: `${temporary}/new` },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: 'error' } },
        extractorMessageReporting: {
          default: { logLevel: 'warning', addToApiReportFile: true },
          'ae-missing-release-tag': { logLevel: 'none' },
          'ae-undocumented': { logLevel: 'none' },
        },
        // Comments are prose, not TSDoc tags.
        tsdocMessageReporting: { default: { logLevel: 'none' } },
      },
    },
  });
  Extractor.invoke(config, { localBuild: true, messageCallback: onlyErrors });
  // A line number in a warning would make every edit above it a change of the API.
  return readFileSync(`${temporary}/${reportFileName}`, 'utf8').replaceAll(/(\.d\.ts):\d+:\d+/g, '$1');
}

function onlyErrors(message) {
  message.handled = message.logLevel !== 'error';
  if (!message.handled) process.exitCode = 1;
}

function compare(name, report) {
  const file = `${root}api/${name}.api.md`;
  const committed = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (committed === report) return console.log(`api: ${name} unchanged`);
  if (!check) {
    mkdirSync(`${root}api`, { recursive: true });
    writeFileSync(file, report);
    return console.log(`api: ${name} updated`);
  }
  console.error(`api: ${name} is not what api/${name}.api.md says:`);
  for (const line of difference(committed.split('\n'), report.split('\n'))) console.error(`  ${line}`);
  console.error('Is the change meant? Then run `npm run api` and commit the report with a line in CHANGELOG.md.');
  process.exitCode = 1;
}

/** Lines that only one of both has; enough to see what changed. */
function difference(before, after) {
  const [known, wanted] = [new Set(before), new Set(after)];
  return [
    ...before.filter((line) => !wanted.has(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !known.has(line)).map((line) => `+ ${line}`),
  ];
}
