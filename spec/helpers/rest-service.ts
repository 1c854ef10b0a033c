/** A service as far as the command line sees one: real HTTP, answers by hand. */
import { afterEach } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Asked {
  /** `POST /plugins/portables?x=1` */
  readonly what: string;
  readonly body: unknown;
  readonly authorization: string | undefined;
}

export type Answer =
  | { readonly status?: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | ((response: ServerResponse) => void);

export class RestService {
  readonly asked: Asked[] = [];
  private constructor(
    readonly url: string,
    private readonly answers: Map<string, Answer>,
  ) {}

  /** `answers`: by method and path, without the query; what is not there is 404. */
  static async listen(answers: Readonly<Record<string, Answer>>): Promise<RestService> {
    const server = createServer((request, response) => {
      // Who asked may have gone in the midst of it.
      service.answer(request, response).catch(() => response.destroy());
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    closers.push(async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    });
    const { port } = server.address() as AddressInfo;
    const service = new RestService(`http://127.0.0.1:${port}`, new Map(Object.entries(answers)));
    return service;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const what = `${request.method} ${request.url}`;
    const sent = await text(request);
    const body = sent === '' ? undefined : (JSON.parse(sent) as unknown);
    this.asked.push({ what, body, authorization: request.headers.authorization });
    const answer = this.answers.get(what) ?? this.answers.get(what.replace(/\?.*/, '')) ?? MISSING;
    if (typeof answer === 'function') return answer(response);
    response.writeHead(answer.status ?? 200, answer.headers);
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  }
}

const MISSING: Answer = { status: 404, body: { error: 1002, message: 'no such path' } };

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});
