import { spawnSync } from 'node:child_process';
import { isValueMap, type Value } from '../../model/value.ts';
import { flattenAll } from './collections.ts';
import { asFlag, asText, type Lookup, type LookupContext, lookupFailure } from './lookup.ts';

const largestAnswer = 64 * 1024 * 1024;
const defaultTimeoutSeconds = 10;
const maxTimeoutSeconds = 600;

/** A request, as the process reads it that makes it: nothing of it stands in that process's arguments. */
interface UrlRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly validateCerts: boolean;
  readonly follow: boolean;
}

type UrlAnswer =
  | { readonly status: number; readonly message: string; readonly body: string }
  | { readonly error: string };

/**
 * What Node runs to fetch one URL: templates cannot wait, a process can. Headers go to other hosts only without
 * `authorization` and `cookie`.
 */
const program = `
const { readFileSync, writeSync } = require('node:fs');
const given = JSON.parse(readFileSync(0, 'utf8'));
let hops = 0;
const end = (answer) => {
  const bytes = Buffer.from(JSON.stringify(answer));
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
  process.exit(0);
};
const get = (url, headers) => {
  const { request } = require(url.protocol === 'https:' ? 'node:https' : 'node:http');
  const options = { headers, timeout: given.timeoutMs, rejectUnauthorized: given.validateCerts };
  const sent = request(url, options, (reply) => {
    const { statusCode: status, statusMessage: message } = reply;
    const { location } = reply.headers;
    if (given.follow && [301, 302, 303, 307, 308].includes(status) && location && hops++ < 10) {
      reply.resume();
      const next = new URL(location, url);
      if (!/^https?:$/.test(next.protocol)) return end({ error: 'a redirection leads to ' + next.protocol });
      const kept = Object.entries(headers).filter(([name]) => next.host === url.host || !/^(authorization|cookie)$/i.test(name));
      return get(next, Object.fromEntries(kept));
    }
    const parts = [];
    reply.on('data', (part) => parts.push(part));
    reply.on('error', (error) => end({ error: error.message }));
    reply.on('end', () => end({ status, message, body: Buffer.concat(parts).toString('base64') }));
  });
  sent.on('timeout', () => end({ error: 'no answer came within ' + given.timeoutMs / 1000 + ' s' }));
  sent.on('error', (error) => end({ error: error.message || error.code || String(error) }));
  sent.end();
};
get(new URL(given.url), given.headers);
`;

/**
 * `url`: what web addresses answer to GET, as lines, or with `split_lines: false` as one text. Takes `headers`,
 * `username` and `password`, `timeout` (seconds, default 10), `validate_certs`, `follow_redirects`, `http_agent` and
 * `force`. Proxies are not used.
 *
 * @throws RunbookError RB611 where one does not answer, or not with success.
 */
export const url: Lookup = (terms, options, context) =>
  flattenAll(terms).flatMap((term) => {
    const address = asText(term, 'a URL');
    const text = fetched(address, requestTo(address, options), context);
    if (!asFlag(options['split_lines'], true)) return [text];
    const lines = text.split(/\r\n|\r|\n/);
    return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
  });

function requestTo(address: string, options: Readonly<Record<string, Value>>): UrlRequest {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address))
    throw lookupFailure(`url fetches http:// and https:// addresses, not ${JSON.stringify(address)}`);
  const { username, password, timeout } = options;
  const seconds = Number(timeout ?? defaultTimeoutSeconds);
  if (!(seconds > 0 && seconds <= maxTimeoutSeconds))
    throw lookupFailure(`the timeout of url must be a number of seconds up to ${maxTimeoutSeconds}`);
  const headers: Record<string, string> = {
    'user-agent': asText(options['http_agent'] ?? 'runbook', 'http_agent'),
  };
  if (username !== undefined && username !== null) {
    const login = `${asText(username, 'username')}:${asText(password ?? '', 'password')}`;
    headers['authorization'] = `Basic ${Buffer.from(login).toString('base64')}`;
  }
  if (asFlag(options['force'], false)) headers['cache-control'] = 'no-cache';
  const given = options['headers'];
  if (isValueMap(given))
    for (const [name, value] of Object.entries(given))
      headers[name.toLowerCase()] = asText(value, `header ${name}`);
  return {
    url: address,
    headers,
    timeoutMs: seconds * 1_000,
    validateCerts: asFlag(options['validate_certs'], true),
    follow: !/^(none|no|false)$/i.test(String(options['follow_redirects'] ?? 'yes')),
  };
}

function fetched(address: string, request: UrlRequest, context: LookupContext): string {
  const done = spawnSync(process.execPath, ['-e', program], {
    cwd: context.projectDir,
    env: context.env,
    input: JSON.stringify(request),
    // The process keeps the timeout for each part of the way; this ends what never ends.
    timeout: request.timeoutMs + 30_000,
    killSignal: 'SIGKILL',
    maxBuffer: largestAnswer,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  if (done.error !== undefined || done.status !== 0)
    throw lookupFailure(`url did not get ${address}: ${done.error?.message ?? 'its process ended early'}`);
  // Written by the program above.
  const answer = JSON.parse(done.stdout.toString('utf8')) as UrlAnswer;
  if ('error' in answer) throw lookupFailure(`Failed lookup url for ${address}: ${answer.error}`);
  if (answer.status < 200 || answer.status > 299)
    throw lookupFailure(`Received HTTP error for ${address}: HTTP Error ${answer.status}: ${answer.message}`);
  return Buffer.from(answer.body, 'base64').toString('utf8');
}
