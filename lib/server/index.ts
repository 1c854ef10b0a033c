/**
 * A host with the rules of files, and its REST API, inside another program:
 * `import { Service, startServer } from 'rxport/server'`.
 *
 * @packageDocumentation
 */
export type { Downloads } from '../service/download.js';
export { Service, type ServiceOptions } from '../service/service.js';
export type { RuleView, ServiceRules } from '../service/service-rules.js';
export { type Server, type ServerOptions, startServer } from './server.js';
