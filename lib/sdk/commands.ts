import { reasonOf } from '../errors.js';
import { type Control, decodeCommand, OK } from '../wire/control.js';
import type { Instances } from './instances.js';
import type { PluginLog } from './stderr-log.js';

/** What a plugin answers to the commands of a host: `ok`, or what went wrong. */
export class Commands {
  constructor(
    private readonly address: string,
    private readonly instances: Instances,
    private readonly log: PluginLog,
  ) {}

  /** Never rejects. */
  async answer(text: string): Promise<string> {
    try {
      const { verb, control } = decodeCommand(text, this.address);
      const answer = await this.run(verb, control);
      return answer === OK ? OK : problem(answer);
    } catch (error) {
      this.log.error({ error }, `a command failed: ${reasonOf(error)}`);
      return problem(reasonOf(error));
    }
  }

  private async run(verb: string, control: Control): Promise<string> {
    switch (verb) {
      case 'start':
        return this.instances.start(control);
      case 'stop':
        return this.instances.stop(control);
      default:
        return `invalid command received: ${verb}`;
    }
  }
}

/** A stock host takes every text that begins with an h for a keepalive, and repeats the command for ever. */
export const problem = (text: string): string => (/^h|^$|^ok$/.test(text) ? `error: ${text}` : text);
