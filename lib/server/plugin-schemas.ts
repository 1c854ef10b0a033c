/** What the routes of plugins take and answer, for their checks and for `/openapi.json`. */
import { always, data, dataOrEvents, done, ofWordsBody, unknown, unknownWords, words } from './answers.js';
import { array, flag, integerText, object, orNull, string } from './schema.js';

const tags = ['plugins'];
const name = object({ name: string('The name of a plugin.') });

const portable = object({
  name: string(),
  version: string(),
  language: string(),
  executable: string('Absolute path.'),
  virtualEnvType: string(),
  env: string(),
  sources: array(string()),
  sinks: array(string()),
  functions: array(string()),
  error: string('Why it can not be loaded; only where it can not. What is not known of it then is empty.'),
});

const milliseconds = (description: string) => ({ type: 'number', description: `Milliseconds. ${description}` });
const count = (description: string) => ({ type: 'integer', description });

/** What is missing is answered in eKuiper's words, not by the schema. */
const packageBody = object({
  name: string('The name of the plugin, as its manifest has it; it has to be there.'),
  file: string('`file://` of a zip or a folder, or `http(s)://` of a zip on a host that downloads are allowed from.'),
  shellParas: array(string(), 'What its `install.sh` gets as arguments.'),
});

/** Both mean JSON: `curl -d` says the second one of all that it sends. */
const consumes = ['application/json', 'application/x-www-form-urlencoded'];

const line = object({
  at: { type: 'number', description: 'Milliseconds since the epoch.' },
  stream: { type: 'string', enum: ['stdout', 'stderr'] },
  text: string(),
});

const inRule = { rule: string(), symbol: string(), gap: milliseconds('In which it ran nowhere.') };

const lastUpdate = {
  ...object({
    name: string(),
    at: milliseconds('Since the epoch, when it was over.'),
    from: string('The version before; empty where that was broken and could not be read.'),
    to: string(),
    strategy: string('`overlap` or `replace`'),
    took: milliseconds('Until the old process was gone.'),
    sources: array(object(inRule)),
    functions: array(object({ symbol: string(), drained: count('Calls that the old version still answered.') })),
    sinks: array(object({ ...inRule, queued: count('Values that waited for the new version.') })),
  }),
  nullable: true,
  description: 'What the last update has cost; null when there was none since the host started.',
};

const standing = object({
  refCount: {
    type: 'object',
    description: 'By rule: how many symbols it uses.',
    additionalProperties: { type: 'integer' },
  },
  status: { type: 'string', enum: ['running', 'initializing', 'error', 'stop'] },
  errMsg: string(),
  version: string(),
  pid: { type: 'integer', nullable: true },
  restarts: { type: 'integer' },
  replicas: array(string()),
  symbols: array(object({ kind: string(), symbol: string(), ruleId: string() })),
  channels: array(object({ kind: string(), symbol: string(), url: string() })),
  lastErrors: array(object({ at: { type: 'number' }, code: string(), message: string() })),
  installedAt: orNull('When this version was installed, ISO 8601 in UTC; null for one put into the folder by hand.'),
  source: orNull('The URL, zip or folder that it was installed from, without user, password and query values.'),
  sha256: orNull('Of that zip, in hex; null for a folder.'),
  changed: array(string(), 'Files that were not as installed when its process was last started.'),
  lastUpdate,
});

export const list = { tags, summary: 'All plugins', response: { 200: data(array(portable)), ...always } };

export const get = {
  tags,
  summary: 'A plugin',
  params: name,
  response: { 200: data(portable), ...unknownWords, ...always },
};

export const status = {
  tags,
  summary: 'Where a plugin stands, and what runs in it',
  params: name,
  response: { 200: data(standing), ...unknownWords, ...always },
};

export const create = {
  tags,
  summary: 'Install a plugin and start it',
  consumes,
  body: packageBody,
  response: { 201: done, ...ofWordsBody, ...always },
};

export const update = {
  tags,
  summary: 'Put another version in the place of a plugin, while rules go on',
  params: name,
  querystring: object({
    strategy: {
      type: 'string',
      enum: ['overlap', 'replace'],
      description: 'Default `overlap`: both live for a moment.',
    },
    force: flag('Also when rules use a symbol that the new version lacks.'),
  }),
  consumes,
  body: packageBody,
  response: { 200: done, ...ofWordsBody, ...always },
};

export const remove = {
  tags,
  summary: 'Stop and delete a plugin',
  params: name,
  querystring: object({ force: flag('Also when rules use it.') }),
  response: { 200: done, ...ofWordsBody, ...always },
};

export const start = {
  tags,
  summary: 'Start a plugin that has failed or was stopped',
  params: name,
  response: { 200: done, ...unknown, ...ofWordsBody, ...always },
};

export const stop = {
  tags,
  summary: 'Stop the processes of a plugin; its rules wait',
  params: name,
  response: { 200: done, ...unknown, ...ofWordsBody, ...always },
};

export const logs = {
  tags,
  summary: 'What a plugin has written',
  params: name,
  querystring: object({
    lines: integerText('How many of the last lines; default all that are kept, 1,000 at most.'),
    follow: flag('Go on as server-sent events.'),
  }),
  response: {
    200: dataOrEvents(array(line), 'The lines; with `follow` as events, and what comes after them.'),
    400: words('The query says something else.'),
    ...unknownWords,
    ...always,
  },
};
