import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Connections } from '../../src/model/host.ts';
import { createConnections } from '../../src/remote/connections.ts';
import type { ConnectionsOptions } from '../../src/remote/remote-options.ts';
import { type Fleet, type FleetOptions, fleetAvailable, startFleet } from '../support/fleet.ts';
import { script, targetOf, textOf } from './contract/place.ts';

describe.skipIf(fleetAvailable() !== undefined)('on an odd host', () => {
  const work = mkdtempSync(join(tmpdir(), 'runbook-odd-'));
  const fleets: Fleet[] = [];
  const opened: Connections[] = [];

  const start = async (options: Partial<FleetOptions>) => {
    const started = await startFleet({ count: 1, ...options });
    fleets.push(started);
    return started;
  };

  const connect = (to: Fleet, options: Partial<ConnectionsOptions> = {}) => {
    const connections = createConnections({
      shellLibrary: '',
      spoolDir: work,
      home: to.controllerHome,
      env: {},
      ...options,
    });
    opened.push(connections);
    return connections.session(targetOf(to), undefined);
  };

  afterAll(async () => {
    await Promise.all(opened.map((connections) => connections.close()));
    for (const one of fleets) await one.stop();
    rmSync(work, { recursive: true, force: true });
  });

  test('a login shell that only says no is shown', async () => {
    const closed = await start({ loginShell: '/usr/sbin/nologin' });
    await expect(connect(closed)).rejects.toMatchObject({
      kind: 'unreachable',
      code: 'RB510',
      message: expect.stringMatching(/not available/),
    });
  });

  test('noise, tracing and prompts of rc files do no harm', async () => {
    const noisy = await start({ loginShell: '/bin/bash' });
    const rc =
      'printf "no newline"; echo "\\033[31mnoise"; echo err >&2; read -t 0 x; set -x; export PS4="+rc "; export IFS=x; export ENV=/nowhere; umask 077; alias echo=false; cd /';
    writeFileSync(join(noisy.home(), '.bashrc'), `${rc}\n`);
    const session = await connect(noisy);
    const reply = await script(session, 'pwd; echo "$1"; cat', { stdin: Buffer.from('in') });
    expect([reply.rc, reply.stdout.bytes.toString(), reply.stderr.bytes.toString()]).toEqual([
      0,
      `${noisy.home()}\n\nin`,
      '',
    ]);
  });

  test('a host whose dd knows no full blocks is served, byte by byte', async () => {
    const old = await start({ loginShell: '/bin/bash' });
    mkdirSync(join(old.home(), 'bin'));
    writeFileSync(
      join(old.home(), 'bin', 'dd'),
      '#!/bin/sh\ncase "$*" in *fullblock*) echo bad >&2; exit 1;; esac\nexec /bin/dd "$@"\n',
      { mode: 0o755 },
    );
    writeFileSync(join(old.home(), '.bashrc'), 'PATH=$HOME/bin:$PATH\n');
    const session = await connect(old);
    const data = Buffer.from(Array.from({ length: 100_000 }, (_, n) => n % 251));
    const reply = await script(session, 'cat', { stdin: data });
    expect(Buffer.compare(reply.stdout.bytes, data)).toBe(0);
    expect(await textOf(script(session, `#${'x'.repeat(30_000)}\necho ok`))).toBe('ok\n');
  });

  test.each([
    ['full', 'mount -t tmpfs -o size=4k,nr_inodes=2 none /tmp'],
    ['read-only', 'mount -t tmpfs -o ro none /tmp'],
    ['without execution', 'mount -t tmpfs -o noexec,mode=1777 none /tmp'],
  ])('a /tmp that is %s does not stop a session', async (_how, mount) => {
    const odd = await start({ mounts: [mount], parentDir: '/var/tmp' });
    const session = await connect(odd);
    const text = await textOf(
      script(session, `#${'x'.repeat(30_000)}\necho ok; cat`, { stdin: Buffer.alloc(5_000, 'y') }),
    );
    expect(text).toBe(`ok\n${'y'.repeat(5_000)}`);
  });

  test('data that do not fit are a failed reply, are removed, and what follows is in step', async () => {
    for (const systemShell of ['/bin/sh', '/bin/bash', '/usr/bin/busybox']) {
      const small = await start({
        systemShell,
        mounts: ['mount -t tmpfs -o size=64k,mode=1777 none /media'],
      });
      const session = await connect(small);
      for (const size of [100_000, 900_000, 2_000_000]) {
        const data = Buffer.alloc(size, `echo injected\n`);
        const reply = await session.run({
          type: 'call',
          code: 'echo never',
          data,
          dataDir: '/media',
          readOnly: false,
        });
        expect(reply.rc).not.toBe(0);
        expect(reply.stderr.bytes.toString()).toMatch(/no space/i);
        expect(await textOf(script(session, 'ls -A /media; echo next'))).toBe('next\n');
      }
    }
  });

  test('no setsid is told once, and steps still run', async () => {
    const notices: string[] = [];
    const bare = await start({
      mounts: [
        'mount --bind /dev/null "$(readlink -f /usr/bin/setsid)"',
        'mount --bind /dev/null "$(readlink -f /usr/bin/perl)"',
      ],
    });
    const session = await connect(bare, { onNotice: (host, text) => notices.push(`${host} ${text}`) });
    expect(session.info.groupKill).toBe(false);
    expect(await textOf(script(session, 'echo ok'))).toBe('ok\n');
    expect(notices).toEqual([expect.stringMatching(/^h1 .*setsid/)]);
  });
});
