import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shellQuote } from '../../src/lib/shell-quote.ts';
import type { Connections, Session } from '../../src/model/host.ts';
import { shellLibrary } from '../../src/modules/shared/shell-library.ts';
import { createConnections } from '../../src/remote/connections.ts';
import { type Fleet, fleetAvailable, startFleet } from '../support/fleet.ts';

const hasLists = existsSync('/usr/bin/setfacl');

/** A /tmp of the hosts' own, with directories that all users may write to. */
const ownTmp = [
  'mount -t tmpfs -o mode=1777 none /tmp',
  'mkdir -m 777 /tmp/plain /tmp/listed /tmp/group',
  'mkdir -m 755 /tmp/closed',
  'chgrp daemon /tmp/group',
  'chmod 2777 /tmp/group',
];

describe.skipIf(fleetAvailable() !== undefined || !hasLists)('the data of a new file', () => {
  const work = mkdtempSync(join(tmpdir(), 'runbook-staged-'));
  const opened: Connections[] = [];
  const fleets: Fleet[] = [];
  let usual: Session;

  const connect = async (mounts: readonly string[], systemShell = '/bin/sh') => {
    const fleet = await startFleet({ count: 1, mounts, systemShell, parentDir: '/var/tmp' });
    fleets.push(fleet);
    const connections = createConnections({
      shellLibrary,
      spoolDir: work,
      home: fleet.controllerHome,
      env: {},
    });
    opened.push(connections);
    const [host] = fleet.hosts;
    if (host === undefined) throw new RangeError('no host');
    const { name, address, port, user } = host;
    const identityFiles = [fleet.identityFile];
    return connections.session({ name, connection: 'ssh', address, port, user, identityFiles }, undefined);
  };

  beforeAll(async () => {
    usual = await connect([
      ...ownTmp,
      'mount -t tmpfs -o mode=1777 none /media',
      'setfacl -d -m u:nobody:rwx,g::rwx,o::rwx /tmp/listed',
    ]);
  });

  afterAll(async () => {
    await Promise.all(opened.map((connections) => connections.close()));
    for (const fleet of fleets) await fleet.stop();
    rmSync(work, { recursive: true, force: true });
  });

  /** Makes a file as `copy` does, and tells where the data were kept until then. */
  const put = async (session: Session, dir: string, mode: number, text = 'hello\n') => {
    const name = `f${mode}-${text.length}`;
    const path = `${dir}/${name}`;
    await session.run({ type: 'call', code: `rb_look ${shellQuote(path)}`, readOnly: true, inSession: true });
    const sum = createHash('sha256').update(text).digest('hex');
    const reply = await session.run({
      type: 'call',
      code: `echo "\${rb_dir:-beside}"; echo "$rb_data"; rb_new ${name} '' ${sum}`,
      readOnly: false,
      data: Buffer.from(text),
      dataDir: dir,
      dataMode: mode,
      staged: true,
      inSession: true,
    });
    const [where = '', data = '', how = ''] = reply.stdout.bytes.toString().split('\n');
    return { path, where, data, how, stderr: reply.stderr.bytes.toString() };
  };

  const output = async (session: Session, script: string) =>
    (await session.run({ type: 'exec', command: { script } })).stdout.bytes.toString();

  test.each([0o600, 0o640, 0o644, 0o664, 0o666, 0o620])(
    'wait in the session’s directory, with their mode (%i)',
    async (mode) => {
      for (const text of ['short\n', 'long\n'.repeat(2_000)]) {
        const { path, where, data, how } = await put(usual, '/tmp/plain', mode, text);
        const kept = data.startsWith(`${usual.info.directory}/d`);
        expect([where, kept, how]).toEqual(['/tmp/plain', true, 'renamed']);
        expect(await output(usual, `stat -c '%a %h' ${path}; cat ${path}`)).toBe(
          `${mode.toString(8)} 1\n${text}`,
        );
      }
      expect(await output(usual, `ls ${usual.info.directory} | grep ^d; ls -d /tmp/plain/.rb-*`)).toBe('');
    },
  );

  test('have the mode that is asked for in a directory with a default access list', async () => {
    const { path, where } = await put(usual, '/tmp/listed', 0o640);
    expect(where).toBe('/tmp/listed');
    expect(await output(usual, `stat -c %a ${path}; getfacl -cp ${path} | grep -c nobody`)).toBe('640\n0\n');
  });

  test('wait beside the file where the directory gives its group to what is made in it', async () => {
    const { path, where } = await put(usual, '/tmp/group', 0o644);
    expect(where).toBe('beside');
    expect(await output(usual, `stat -c '%a %G' ${path}`)).toBe('644 daemon\n');
  });

  test('wait beside the file where its mode needs more than a umask', async () => {
    const { path, where } = await put(usual, '/tmp/plain', 0o755);
    expect(where).toBe('beside');
    expect(await output(usual, `stat -c %a ${path}`)).toBe('755\n');
  });

  test('wait beside the file on another mount', async () => {
    const { path, where, how } = await put(usual, '/media', 0o644);
    expect([where, how]).toEqual(['beside', 'renamed']);
    expect(await output(usual, `stat -c %a ${path}`)).toBe('644\n');
  });

  test('are removed, and the failure is told, where the directory takes none', async () => {
    const { path, how, stderr } = await put(usual, '/tmp/closed', 0o644);
    expect(how).toBe('');
    expect(stderr).toMatch(/denied|cannot/i);
    expect(await output(usual, `ls ${path} ${usual.info.directory}/d*; true`)).toBe('');
  });

  test.each(['/bin/sh', '/bin/bash', '/usr/bin/busybox'])(
    'wait beside the file where /tmp has a default access list (%s)',
    async (systemShell) => {
      // Each file would have the mode 644, whatever the umask.
      const session = await connect([...ownTmp, 'setfacl -d -m u::rw,g::r,o::r /tmp'], systemShell);
      const { path, where } = await put(session, '/tmp/plain', 0o640);
      expect(where).toBe('beside');
      expect(await output(session, `stat -c %a ${path}`)).toBe('640\n');
    },
  );

  test.each(['/bin/bash', '/usr/bin/busybox', '/bin/mksh', '/bin/ksh93'])(
    'wait in the session’s directory where /bin/sh is %s',
    async (systemShell) => {
      const session = await connect(ownTmp, systemShell);
      const { path, where } = await put(session, '/tmp/plain', 0o640);
      expect(await output(session, `stat -c %a ${path}`)).toBe('640\n');
      expect(where).toBe('/tmp/plain');
    },
  );
});
