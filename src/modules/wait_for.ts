import { z } from 'zod';
import { compilePythonRegex } from '../lib/python-regex.ts';
import { shellQuote } from '../lib/shell-quote.ts';
import { defineActionModule, type ModuleContext, type ModuleResult } from '../model/module.ts';
import { integerParam, numberParam, textListParam, textParam } from './shared/param-types.ts';
import { countConnections, parseTcpState, tcpProbeCode, tcpStates } from './shared/tcp-probe.ts';

const params = z
  .strictObject({
    host: textParam.default('127.0.0.1').describe('Name or address to connect to, as seen from the host.'),
    port: integerParam.optional().describe('TCP port to try.'),
    path: textParam.optional().describe('File to look for.'),
    state: z
      .enum(['started', 'stopped', 'drained', 'present', 'absent'])
      .default('started')
      .describe(
        '`started`/`present`: wait until it is there; `stopped`/`absent`: until it is gone; `drained`: until no connection is active.',
      ),
    search_regex: textParam
      .optional()
      .describe('With `path`: a regular expression that the content must match.'),
    timeout: numberParam.default(300).describe('Seconds in all.'),
    connect_timeout: numberParam.default(5).describe('Seconds for one try.'),
    delay: numberParam.default(0).describe('Seconds before the first try.'),
    sleep: numberParam.default(1).describe('Seconds between tries.'),
    msg: textParam.optional().describe('The message when the time is over.'),
    active_connection_states: textListParam
      .default(['ESTABLISHED', 'FIN_WAIT1', 'FIN_WAIT2', 'SYN_RECV', 'SYN_SENT', 'TIME_WAIT'])
      .describe('With `drained`: which states count as active.'),
  })
  .refine((value) => value.port === undefined || value.path === undefined, {
    message: '"port" and "path" exclude each other',
  })
  .refine((value) => value.search_regex === undefined || value.path !== undefined, {
    message: '"search_regex" needs "path"',
  })
  .refine((value) => value.state !== 'drained' || value.port !== undefined, {
    message: 'state "drained" needs "port"',
  })
  .refine((value) => value.active_connection_states.every((name) => name in tcpStates), {
    message: `"active_connection_states" are of ${Object.keys(tcpStates).join(', ')}`,
  });
type Params = z.output<typeof params>;

/** One look: true when the awaited state is reached; fields of the match, if any. */
interface Look {
  readonly reached: boolean;
  readonly fields?: Record<string, string[] | Record<string, string>> | undefined;
  readonly problem?: string | undefined;
}

const gone = (given: Params) => given.state === 'stopped' || given.state === 'absent';

async function ask(code: string, context: ModuleContext): Promise<string> {
  const reply = await context.send({ type: 'call', code, readOnly: true });
  return reply.stdout.bytes.toString('utf8');
}

async function lookAtPort(given: Params, port: number, context: ModuleContext): Promise<Look> {
  if (given.state === 'drained') {
    const table = await ask('cat /proc/net/tcp /proc/net/tcp6 2>/dev/null', context);
    return { reached: countConnections(table, port, given.active_connection_states) === 0 };
  }
  const state = parseTcpState(await ask(tcpProbeCode(given.host, port, given.connect_timeout), context));
  if (state === 'no-tool')
    return {
      reached: false,
      problem: 'the host has no bash, python3, perl or nc to open a TCP connection with',
    };
  return { reached: (state === 'open') !== gone(given) };
}

async function lookAtPath(given: Params, path: string, context: ModuleContext): Promise<Look> {
  const file = shellQuote(path);
  const regex =
    given.search_regex === undefined
      ? undefined
      : compilePythonRegex(given.search_regex, { multiline: true });
  if (regex === undefined) {
    const there = (await ask(`f=${file}; if [ -e "$f" ]; then echo yes; fi`, context)).trim() === 'yes';
    return { reached: there !== gone(given) };
  }
  const match = regex.exec(
    await ask(`f=${file}; if [ -f "$f" ] && [ -r "$f" ]; then cat < "$f"; fi`, context),
  );
  const fields =
    match === null
      ? undefined
      : { match_groups: match.slice(1).map((group) => group ?? ''), match_groupdict: { ...match.groups } };
  return { reached: (match !== null) !== gone(given), fields };
}

function timeoutMessage(given: Params): string {
  if (given.msg !== undefined) return given.msg;
  const what =
    given.path === undefined
      ? `${given.host}:${given.port}`
      : given.search_regex === undefined
        ? given.path
        : `"${given.search_regex}" in ${given.path}`;
  const end = given.state === 'drained' ? 'be drained' : gone(given) ? 'be gone' : 'be there';
  return `timed out after ${given.timeout} s waiting for ${what} to ${end}`;
}

/** Waits for a port, a file or a line in a file. */
export default defineActionModule({
  name: 'wait_for',
  summary:
    'Wait until a TCP port accepts connections, a file exists, or a file holds a text; or until it no longer does.',
  description:
    'Between tries nothing is held: no fork, no session. A port is tried from the host itself, with bash, python3, perl or nc, whichever is there.',
  params,
  paramAliases: {},
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
  ],
  async run(given, context): Promise<ModuleResult> {
    const startedAtMs = Date.now();
    const elapsed = () => Math.floor((Date.now() - startedAtMs) / 1_000);
    const fields = { state: given.state, port: given.port ?? null, path: given.path ?? null };
    if (given.port === undefined && given.path === undefined) {
      if (!context.checkMode) await context.sleep(given.timeout * 1_000);
      return { changed: false, fields: { ...fields, elapsed: elapsed() } };
    }
    if (given.delay > 0) await context.sleep(given.delay * 1_000);
    for (;;) {
      const look =
        given.path === undefined
          ? await lookAtPort(given, given.port ?? 0, context)
          : await lookAtPath(given, given.path, context);
      if (look.problem !== undefined) return { changed: false, failed: true, msg: look.problem };
      if (look.reached) return { changed: false, fields: { ...fields, ...look.fields, elapsed: elapsed() } };
      if (Date.now() - startedAtMs + given.sleep * 1_000 > given.timeout * 1_000) {
        return {
          changed: false,
          failed: true,
          msg: timeoutMessage(given),
          fields: { ...fields, elapsed: elapsed() },
        };
      }
      await context.sleep(given.sleep * 1_000);
    }
  },
});
