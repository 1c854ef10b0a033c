/** What routes answer, by type and reason, as `/openapi.json` shows it. */
import { EVENTS } from './event-stream.js';
import { failures, type Schema, text } from './schema.js';

const JSON_TYPE = 'application/json';
const TEXT = 'text/plain';

const of = (type: string, schema: Schema, description: string): Schema => ({
  description,
  content: { [type]: { schema } },
});

/** What was asked for. */
export const data = (schema: Schema, description = 'What was asked for.'): Schema => of(JSON_TYPE, schema, description);

/** A sentence that says what was done. */
export const done = of(TEXT, text, 'Done: what, in a sentence.');

export const samples = of(TEXT, text, 'Samples in the text format of Prometheus.');

/** A list, or what goes on as server-sent events. */
export const dataOrEvents = (schema: Schema, description: string): Schema => ({
  description,
  content: { [JSON_TYPE]: { schema }, [EVENTS]: { schema: text } },
});

const failed = (description: string): Schema => of(JSON_TYPE, failures, description);

/** Failures that eKuiper knows too: it calls their JSON text. */
export const words = (description: string): Schema => of(TEXT, failures, `${description} JSON that is called text.`);

/** Of every route. */
export const always = {
  401: failed('The server has a token, and this is not it.'),
  403: failed('`Host` is none of the names of the server, or a page of another site would change something.'),
  default: failed('Any other failure, under the status of its code.'),
};

export const unknown = { 404: failed('There is none of that name.') };
export const unknownWords = { 404: words('There is none of that name.') };

const unread = {
  413: failed('The body has more than 1 MiB.'),
  415: failed('The body is neither JSON nor what curl calls it.'),
};

/** Of what may have a body. */
export const ofBody = { 400: failed('The body is no JSON.'), ...unread };

/** The same of a plugin. */
export const ofWordsBody = { 400: words('What is asked can not be read, or not be done.'), ...unread };
