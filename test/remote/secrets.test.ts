import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Secret } from '../../src/model/value.ts';
import { createConnections } from '../../src/remote/connections.ts';
import { fleetAvailable, startFleet } from '../support/fleet.ts';
import { script, targetOf } from './contract/place.ts';

const unavailable =
  fleetAvailable() ?? (existsSync('/usr/bin/strace') ? undefined : 'strace is not installed');

/** Writes down the arguments of every program that a process and its descendants start. */
async function traceArguments(pid: number, file: string): Promise<ChildProcess> {
  const tracer = spawn(
    'strace',
    ['-f', '-qq', '-e', 'trace=execve', '-s', '65535', '-o', file, '-p', String(pid)],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  await once(tracer, 'spawn');
  while (!/TracerPid:\t[1-9]/.test(readFileSync(`/proc/${pid}/status`, 'utf8')))
    await new Promise((resolve) => setTimeout(resolve, 10));
  return tracer;
}

test.skipIf(unavailable !== undefined)(
  'no secret stands in the arguments of any program on the host',
  async () => {
    const work = mkdtempSync(join(tmpdir(), 'runbook-secrets-'));
    const canary = (name: string) => `canary-${name}-0123456789`;
    const fleet = await startFleet({ count: 1, password: canary('login'), sudo: 'password' });
    const trace = join(work, 'trace');
    const tracer = await traceArguments(fleet.daemons[0]?.pid ?? 0, trace);
    const connections = createConnections({
      shellLibrary: '',
      spoolDir: work,
      home: fleet.controllerHome,
      env: {},
    });
    try {
      const target = targetOf(fleet, { identityFiles: [], password: new Secret(canary('login')) });
      const login = await connections.session(target, undefined);
      const root = await connections.session(target, {
        method: 'sudo',
        user: 'root',
        password: new Secret(canary('login')),
      });
      const outputs: string[] = [];
      for (const session of [login, root]) {
        const env = { TOKEN: new Secret(canary('env')) };
        const reply = await script(session, `echo "$TOKEN" ${canary('script')}; cat; /bin/true marker-seen`, {
          env,
          sensitive: true,
          stdin: Buffer.from(canary('stdin')),
        });
        const argv = await session.run({
          type: 'exec',
          command: { argv: ['/bin/sh', '-c', 'echo "$TOKEN"'] },
          env,
        });
        const call = await session.run({
          type: 'call',
          code: `echo ${canary('code')}; /bin/cat "$rb_data"`,
          data: Buffer.from(canary('data')),
          readOnly: false,
        });
        outputs.push(...[reply, argv, call].map(({ stdout }) => stdout.bytes.toString()));
      }
      const seen = outputs.join('');
      for (const name of ['env', 'script', 'stdin', 'code', 'data']) expect(seen).toContain(canary(name));
    } finally {
      await connections.close();
      tracer.kill('SIGTERM');
      await once(tracer, 'exit');
      await fleet.stop();
    }
    const text = readFileSync(trace, 'utf8');
    expect(text).toContain('marker-seen');
    expect(text).toContain('sudo');
    expect(text).not.toContain('canary-');
    rmSync(work, { recursive: true, force: true });
  },
);
