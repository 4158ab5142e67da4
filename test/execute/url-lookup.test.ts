import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LookupContext } from '../../src/execute/lookups/lookup.ts';
import { url } from '../../src/execute/lookups/url.ts';
import type { Value } from '../../src/model/value.ts';

// A lookup blocks its thread, so the server answers in another.
const server = `
const { parentPort } = require('node:worker_threads');
const { createServer } = require('node:http');
const answers = {
  '/lines': (_, reply) => reply.end('one\\r\\ntwo\\n'),
  '/moved': (_, reply) => reply.writeHead(302, { location: '/echo' }).end(),
  '/loop': (_, reply) => reply.writeHead(302, { location: '/loop' }).end(),
  '/away': (_, reply) => reply.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  '/echo': (request, reply) => reply.end(JSON.stringify({ method: request.method, ...request.headers })),
  '/silent': () => undefined,
};
const http = createServer((request, reply) => {
  const answer = answers[request.url];
  if (answer === undefined) reply.writeHead(404).end('no');
  else answer(request, reply);
});
http.listen(0, '127.0.0.1', () => parentPort.postMessage(http.address().port));
`;
let worker: Worker;
let root = '';
beforeAll(async () => {
  worker = new Worker(server, { eval: true });
  const [port] = await once(worker, 'message');
  root = `http://127.0.0.1:${port}`;
});
afterAll(() => worker.terminate());

function look(path: string, options: Record<string, Value> = {}): readonly Value[] {
  // The lookup uses these two only.
  const context = { projectDir: '/', env: { PATH: process.env['PATH'] } } as unknown as LookupContext;
  return url([`${root}${path}`], options, context);
}

describe('the lookup "url"', () => {
  it('gives the lines of an answer, or its text', () => {
    expect(look('/lines')).toEqual(['one', 'two']);
    expect(look('/lines', { split_lines: false })).toEqual(['one\r\ntwo\n']);
  });

  it('follows redirections and sends headers and a login', () => {
    const options = { headers: { 'X-Name': 'v' }, username: 'ann', password: 'pw', split_lines: false };
    const [text] = look('/moved', options);
    expect(JSON.parse(String(text))).toMatchObject({
      method: 'GET',
      'x-name': 'v',
      authorization: `Basic ${Buffer.from('ann:pw').toString('base64')}`,
    });
  });

  it.each<[string, Record<string, Value>, RegExp]>([
    ['/missing', {}, /HTTP Error 404: Not Found/],
    ['/moved', { follow_redirects: 'none' }, /HTTP Error 302/],
    ['/loop', {}, /HTTP Error 302/],
    ['/away', {}, /redirection leads to file:/],
    ['/silent', { timeout: 0.05 }, /no answer came within 0.05 s/],
    ['/lines', { timeout: 'soon' }, /timeout of url must be a number/],
  ])('fails for %s %j', (path, options, message) => {
    expect(() => look(path, options)).toThrow(message);
  });

  it('fetches from the web only, and says what it could not reach', () => {
    const context = { projectDir: '/', env: {} } as unknown as LookupContext;
    expect(() => url(['file:///etc/passwd'], {}, context)).toThrow(/http:\/\/ and https:\/\/ addresses/);
    expect(() => url(['http://127.0.0.1:1/'], {}, context)).toThrow(/Failed lookup url for .*ECONNREFUSED/);
  });
});
