import { z } from 'zod';
import { compilePythonRegex } from '../lib/python-regex.ts';
import { shellQuote } from '../lib/shell-quote.ts';
import { defineActionModule, type ModuleContext, type ModuleResult } from '../model/module.ts';
import { tryUntil } from './shared/deadline-loop.ts';
import { searchFile } from './shared/match-file.ts';
import { integerParam, numberParam, textListParam, textParam } from './shared/param-types.ts';
import { remotePath } from './shared/remote-path.ts';
import { parseTcpAnswer, tcpProbeCode } from './shared/tcp-probe.ts';
import { countConnections, tcpStates } from './shared/tcp-table.ts';

const params = () =>
  z
    .strictObject({
      host: textParam.default('127.0.0.1').describe('Name or address to connect to, as seen from the host.'),
      port: integerParam.optional().describe('TCP port to try.'),
      path: textParam.optional().describe('File to look for.'),
      state: z
        .enum(['started', 'stopped', 'drained', 'present', 'absent'])
        .default('started')
        .describe(
          '`started`/`present`: wait until it is there; `stopped`/`absent`: until it is gone; `drained`: until no connection to `host` (`0.0.0.0`: any address) is active.',
        ),
      search_regex: textParam
        .optional()
        .describe(
          'A regular expression that the content of the file, or what the server says first, must match.',
        ),
      timeout: numberParam.default(300).describe('Seconds in all.'),
      connect_timeout: numberParam.default(5).describe('Seconds for one try.'),
      delay: numberParam.default(0).describe('Seconds before the first try.'),
      sleep: numberParam.default(1).describe('Seconds between tries.'),
      msg: textParam.optional().describe('The message when the time is over.'),
      active_connection_states: textListParam
        .default(['ESTABLISHED', 'FIN_WAIT1', 'FIN_WAIT2', 'SYN_RECV', 'SYN_SENT', 'TIME_WAIT'])
        .describe('With `drained`: which states count as active.'),
      exclude_hosts: textListParam
        .optional()
        .describe('With `drained`: names or addresses whose connections do not count.'),
    })
    .superRefine((value, context) => {
      const complain = (message: string) => context.addIssue({ code: 'custom', message });
      const { port, path, state, exclude_hosts: excluded } = value;
      if (port !== undefined && path !== undefined) complain('"port" and "path" exclude each other');
      if (state === 'drained' && port === undefined) complain('state "drained" needs "port"');
      if (state === 'stopped' && path !== undefined)
        complain('state "stopped" is for a port: use "absent" for a path');
      if (excluded !== undefined && state !== 'drained') complain('"exclude_hosts" needs state "drained"');
      if (!value.active_connection_states.every((name) => name in tcpStates))
        complain(`"active_connection_states" are of ${Object.keys(tcpStates).join(', ')}`);
    });
type Params = z.output<ReturnType<typeof params>>;

/** One look: whether the awaited state is reached, and what matched. */
interface Look {
  readonly reached: boolean;
  readonly match?: RegExpExecArray | undefined;
  /** Why no look can ever succeed. */
  readonly problem?: string | undefined;
}

const isGone = ({ state }: Params) => state === 'stopped' || state === 'absent';

async function ask(code: string, context: ModuleContext): Promise<string> {
  const reply = await context.send({ type: 'call', code, readOnly: true });
  return reply.stdout.bytes.toString('utf8');
}

/** Code that prints the addresses of names; an address is its own. */
function addressesCode(names: readonly string[]): string {
  const addresses = names.map((name) =>
    /^[\d.]+$|:/.test(name)
      ? `echo ${shellQuote(name)}`
      : `getent ahosts ${shellQuote(name)} | while read -r a b; do echo "$a"; done`,
  );
  return `{ ${addresses.join('; ')}; } 2>/dev/null`;
}

async function lookAtConnections(given: Params, port: number, context: ModuleContext): Promise<Look> {
  const excluded = given.exclude_hosts ?? [];
  const answer = await ask(
    [
      addressesCode([given.host]),
      'echo =',
      ...(excluded.length === 0 ? [] : [addressesCode(excluded)]),
      'echo =',
      'cat /proc/net/tcp /proc/net/tcp6 2>/dev/null || :',
    ].join('\n'),
    context,
  );
  const [own = '', others = '', table = ''] = answer.split(/^=\n/m);
  const count = countConnections(table, {
    port,
    addresses: own.split(/\s+/),
    excluded: others.split(/\s+/),
    states: given.active_connection_states,
  });
  return { reached: count === 0 };
}

/** Tries the port; from try to try more of what the server says is read. */
function portLook(given: Params, port: number): (context: ModuleContext) => Promise<Look> {
  const { host, connect_timeout: timeoutS, search_regex: regex } = given;
  const pattern = regex === undefined ? undefined : compilePythonRegex(regex, { multiline: true });
  let tries = 0;
  return async (context) => {
    const pieces = pattern === undefined ? 0 : Math.min(++tries, 16);
    const answer = parseTcpAnswer(await ask(tcpProbeCode({ host, port, timeoutS, pieces }), context));
    if (answer.state === 'no-tool')
      return {
        reached: false,
        problem: 'the host has no bash, python3, perl or nc to open a TCP connection with',
      };
    const match = answer.state === 'open' ? pattern?.exec(answer.data) : undefined;
    const isThere = answer.state === 'open' && (pattern === undefined || (match ?? null) !== null);
    return { reached: isThere !== isGone(given), match: match ?? undefined };
  };
}

function pathLook(given: Params, path: string): (context: ModuleContext) => Promise<Look> {
  if (given.search_regex === undefined) {
    const code = `f=${remotePath(path)}; if [ -e "$f" ]; then echo yes; fi`;
    return async (context) => ({ reached: ((await ask(code, context)).trim() === 'yes') !== isGone(given) });
  }
  const pattern = compilePythonRegex(given.search_regex, { multiline: true });
  const search = searchFile(path, pattern, { follow: !isGone(given) });
  return async (context) => {
    const match = (await search.look(context)) ?? undefined;
    return { reached: (match !== undefined) !== isGone(given), match };
  };
}

function lookOf(given: Params): ((context: ModuleContext) => Promise<Look>) | undefined {
  const { path, port, state } = given;
  if (path !== undefined) return pathLook(given, path);
  if (port === undefined) return undefined;
  return state === 'drained' ? (context) => lookAtConnections(given, port, context) : portLook(given, port);
}

function timeoutMessage(given: Params): string {
  if (given.msg !== undefined) return given.msg;
  const place = given.path ?? `${given.host}:${given.port}`;
  const what = given.search_regex === undefined ? place : `"${given.search_regex}" in ${place}`;
  const end = given.state === 'drained' ? 'be drained' : isGone(given) ? 'be gone' : 'be there';
  return `timed out after ${given.timeout} s waiting for ${what} to ${end}`;
}

function matchFields(match: RegExpExecArray | undefined): Record<string, string[] | Record<string, string>> {
  if (match === undefined) return {};
  return {
    match_groups: match.slice(1).map((group) => group ?? ''),
    match_groupdict: { ...match.groups },
  };
}

/** Waits for a port, a file or a line in a file. */
export default defineActionModule({
  name: 'wait_for',
  summary:
    'Wait until a TCP port accepts connections, a file exists, or either holds a text; or until it no longer does.',
  description:
    'Between tries nothing is held: no fork, no session. A port is tried from the host itself, with bash, python3, perl or nc, whichever is there. ' +
    'Difference: `state` is the one that was asked for, also of a path. Without `port` and `path` it waits for `timeout`. In check mode it looks once, and is skipped when it would wait.',
  params,
  where: 'remote',
  checkMode: 'run',
  returns: {
    elapsed: 'Seconds waited.',
    match_groups: 'Groups of `search_regex`.',
    match_groupdict: 'Named groups of `search_regex`.',
  },
  examples: [
    { title: 'A server has started', yaml: 'wait_for: {port: 8080, timeout: 60}' },
    { title: 'A log says so', yaml: 'wait_for:\n  path: /var/log/app.log\n  search_regex: ready in \\d+ ms' },
    {
      title: 'SSH is back, seen from here',
      yaml: 'wait_for: {host: "{{ ansible_host }}", port: 22, search_regex: OpenSSH}\ndelegate_to: localhost',
    },
  ],
  async run(given, context): Promise<ModuleResult> {
    const fields = {
      state: given.state,
      port: given.port ?? null,
      path: given.path ?? null,
      search_regex: given.search_regex ?? null,
    };
    const look = lookOf(given);
    if (look === undefined) {
      if (context.checkMode) return { changed: false, skipped: true, msg: `would wait ${given.timeout} s` };
      await context.sleep(given.timeout * 1_000);
      return { changed: false, fields: { ...fields, elapsed: Math.floor(given.timeout) } };
    }
    const { found, elapsed } = await tryUntil(given, context, async () => {
      const seen = await look(context);
      return seen.reached || seen.problem !== undefined ? seen : undefined;
    });
    if (found?.problem !== undefined) return { changed: false, failed: true, msg: found.problem };
    if (found !== undefined)
      return { changed: false, fields: { ...fields, elapsed, ...matchFields(found.match) } };
    if (context.checkMode)
      return {
        changed: false,
        skipped: true,
        msg: timeoutMessage(given).replace(/^timed out after .*? waiting/, 'would wait'),
      };
    return { changed: false, failed: true, msg: timeoutMessage(given), fields: { ...fields, elapsed } };
  },
});
