import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connections, ConnectionTarget } from '../../src/model/host.ts';
import { createConnections } from '../../src/remote/connections.ts';
import { type Fleet, type FleetOptions, fleetAvailable, startFleet } from '../support/fleet.ts';
import { callChecks } from './contract/call-checks.ts';
import { commandChecks } from './contract/command-checks.ts';
import { endingChecks } from './contract/ending-checks.ts';
import { loneChecks } from './contract/lone-checks.ts';
import { type Place, script, targetOf, textOf, toRoot } from './contract/place.ts';
import { streamChecks } from './contract/stream-checks.ts';

/** A kind of host: its daemon, the user's login shell, and what /bin/sh is there. */
interface Kind {
  readonly title: string;
  readonly fleet: Omit<FleetOptions, 'count'> | undefined;
  /** Whether the check that has to wait for the grace period is made. */
  readonly waitsForKill?: boolean;
}

const kinds: readonly Kind[] = [
  { title: 'OpenSSH, login and system shell dash', fleet: { loginShell: '/bin/sh' }, waitsForKill: true },
  {
    title: 'OpenSSH, login and system shell bash',
    fleet: { loginShell: '/bin/bash', systemShell: '/bin/bash' },
  },
  {
    title: 'OpenSSH, login shell fish, system shell busybox ash',
    fleet: { loginShell: '/usr/bin/fish', systemShell: '/usr/bin/busybox' },
    waitsForKill: true,
  },
  {
    title: 'OpenSSH, login shell tcsh, system shell mksh',
    fleet: { loginShell: '/bin/tcsh', systemShell: '/bin/mksh' },
  },
  {
    title: 'dropbear, login shell zsh, system shell ksh93',
    fleet: { variant: 'dropbear', loginShell: '/bin/zsh', systemShell: '/bin/ksh93' },
  },
  { title: 'the controller itself', fleet: undefined },
];

const library = 'contract_hello() { echo "hello $1"; }';

describe.each(kinds)('a session on $title', (kind) => {
  const missing = kind.fleet === undefined ? undefined : fleetAvailable(kind.fleet.variant);
  describe.skipIf(missing !== undefined)('keeps the contract:', () => {
    const work = mkdtempSync(join(tmpdir(), 'runbook-contract-'));
    let place: Place | undefined;
    let fleet: Fleet | undefined;
    let connections: Connections | undefined;
    const at = () => {
      if (place === undefined) throw new Error('the session is not open');
      return place;
    };

    const connect = () =>
      createConnections({
        shellLibrary: library,
        spoolDir: join(work, 'spool'),
        home: fleet?.controllerHome ?? work,
        env: { ...process.env, HOME: work },
      });

    beforeAll(async () => {
      if (kind.fleet !== undefined) fleet = await startFleet({ count: 1, sudo: 'nopasswd', ...kind.fleet });
      connections = connect();
      const target: ConnectionTarget =
        fleet === undefined
          ? { name: 'here', connection: 'local', address: 'here', identityFiles: [] }
          : targetOf(fleet);
      place = { connections, target, fleet, session: await connections.session(target, undefined) };
    });

    afterAll(async () => {
      await connections?.close();
      await fleet?.stop();
      rmSync(work, { recursive: true, force: true });
    });

    test('says who and where it is', async () => {
      const { info } = at().session;
      expect(info.groupKill).toBe(true);
      expect(info.home).toBe(fleet?.home() ?? work);
      expect(await textOf(script(at().session, `id -un; ls -ld ${info.directory}`))).toMatch(
        new RegExp(`^${info.user}\ndrwx------ `),
      );
    });

    commandChecks(at);
    callChecks(at);
    endingChecks(at, { slow: kind.waitsForKill === true });

    describe('a stream', () => streamChecks(at));

    const isLone = kind.fleet !== undefined && kind.fleet.variant !== 'dropbear';
    describe('a command that is all that its host gets', () => loneChecks(at, { isLone, connect }));

    test('another user’s session is a session like this one', async () => {
      const root = await at().connections.session(at().target, toRoot);
      expect(root.info.user).toBe('root');
      expect(await textOf(script(root, 'id -un; pwd; cat', { stdin: Buffer.from('in') }))).toBe(
        'root\n/root\nin',
      );
      const data = Buffer.alloc(1_100_000, 'x');
      expect(
        await textOf(root.run({ type: 'call', code: 'wc -c <"$rb_data"', data, readOnly: false })),
      ).toMatch(/1100000/);
    });

    test('closing removes the session’s directory', async () => {
      const { directory } = at().session.info;
      const other = createConnections({
        shellLibrary: '',
        spoolDir: work,
        home: fleet?.controllerHome ?? work,
      });
      const session = await other.session(at().target, undefined);
      const gone = session.info.directory;
      await other.close();
      expect(await textOf(script(at().session, `ls -d ${gone} ${directory} 2>/dev/null; true`))).toBe(
        `${directory}\n`,
      );
    });
  });
});
