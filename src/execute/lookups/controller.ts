import { spawnSync } from 'node:child_process';
import { flattenAll } from './collections.ts';
import { asText, type Lookup, type LookupContext, lookupFailure } from './lookup.ts';

const pipeDeadlineMs = 60_000;
const largestOutput = 64 * 1024 * 1024;

/** `env`: environment variables of the controller; an absent one is `default`, else an empty text. */
export const env: Lookup = (terms, options, context) =>
  flattenAll(terms).map(
    (term) => context.env[asText(term, 'the name of an environment variable')] ?? options['default'] ?? '',
  );

/**
 * `pipe`: the output of shell commands run on the controller in the project's directory, without trailing white space.
 *
 * @throws RunbookError RB611 when one fails or takes longer than 60 s.
 */
export const pipe: Lookup = (terms, _options, context) =>
  flattenAll(terms).map((term) => commandOutput(asText(term, 'a command'), context).trimEnd());

/** `lines`: the lines that shell commands run on the controller print. */
export const lines: Lookup = (terms, _options, context) =>
  flattenAll(terms).flatMap((term) => {
    const output = commandOutput(asText(term, 'a command'), context).replace(/\r?\n$/, '');
    return output === '' ? [] : output.split(/\r?\n/);
  });

function commandOutput(command: string, context: LookupContext): string {
  const done = spawnSync('/bin/sh', ['-c', command], {
    cwd: context.projectDir,
    env: context.env,
    timeout: pipeDeadlineMs,
    killSignal: 'SIGKILL',
    maxBuffer: largestOutput,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (done.error !== undefined && 'code' in done.error && done.error.code === 'ETIMEDOUT')
    throw lookupFailure(`a command of a lookup took longer than ${pipeDeadlineMs / 1000} s: ${command}`);
  if (done.error !== undefined)
    throw lookupFailure(`a command of a lookup could not be run: ${done.error.message}`);
  if (done.status === 0) return done.stdout.toString('utf8');
  const how = done.status === null ? `was ended by ${done.signal}` : `failed with rc ${done.status}`;
  const complaint = done.stderr.toString('utf8').trim().split('\n').at(-1) ?? '';
  throw lookupFailure(`a command of a lookup ${how}: ${command}${complaint === '' ? '' : ` (${complaint})`}`);
}

/**
 * `vars`: variables by name.
 *
 * @throws RunbookError RB611 when one is not defined and no `default` is given.
 */
export const vars: Lookup = (terms, options, context) =>
  flattenAll(terms).map((term) => {
    const name = asText(term, 'the name of a variable');
    const value = context.variable(name) ?? options['default'];
    if (value === undefined) throw lookupFailure(`the variable ${JSON.stringify(name)} is not defined`);
    return value;
  });

/** `varnames`: the names of variables that a regular expression fits. */
export const varnames: Lookup = (terms, _options, context) => {
  const names = context.variableNames();
  return flattenAll(terms).flatMap((term) => {
    const pattern = expression(asText(term, 'a pattern of variable names'));
    return names.filter((name) => pattern.test(name));
  });
};

function expression(source: string): RegExp {
  try {
    return new RegExp(source);
  } catch {
    throw lookupFailure(`not a regular expression: ${JSON.stringify(source)}`);
  }
}

/** `inventory_hostnames`: the hosts that a pattern names. */
export const inventoryHostnames: Lookup = (terms, _options, context) =>
  context.matchHosts(
    flattenAll(terms)
      .map((term) => asText(term, 'a host pattern'))
      .join(':'),
  );
