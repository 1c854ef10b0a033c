/** JSON schemas, as Fastify checks them and `/openapi.json` shows them. */

export type Schema = Readonly<Record<string, unknown>>;

const described = (description?: string): Schema => (description === undefined ? {} : { description });

export const string = (description?: string): Schema => ({ type: 'string', ...described(description) });

export const orNull = (description: string): Schema => ({ ...string(description), nullable: true });

export const object = (properties: Readonly<Record<string, Schema>>): Schema => ({ type: 'object', properties });

export const array = (items: Schema, description?: string): Schema => ({
  type: 'array',
  items,
  ...described(description),
});

/** In a query all is text, and nothing is taken for something else. */
export const flag = (description: string): Schema => ({
  type: 'string',
  enum: ['true', 'false'],
  ...described(description),
});

export const integerText = (description: string): Schema => ({
  type: 'string',
  pattern: '^[0-9]{1,6}$',
  ...described(description),
});

export const text = string();

export const failures = object({
  error: { type: 'integer', enum: [1000, 1002] },
  message: string(),
  code: string('`ERR_…`, stable.'),
  reason: string('More than eKuiper says, where `message` is in its words.'),
  details: { type: 'object', description: 'Facts behind the text, for programs.', additionalProperties: true },
});
