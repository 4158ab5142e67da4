import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BecomeTarget, Connections } from '../../src/model/host.ts';
import { Secret } from '../../src/model/value.ts';
import { createConnections } from '../../src/remote/connections.ts';
import { type Fleet, type FleetOptions, fleetAvailable, startFleet } from '../support/fleet.ts';
import { script, targetOf, textOf } from './contract/place.ts';

const password = 'pw it\'s "right"';
const right = new Secret(password, 'become_password');
const wrong = new Secret('not it', 'become_password');

/** In the hosts' own mount namespace, /etc may be changed. */
const ownEtc = [
  'mkdir "$FLEET_ROOT/etc"',
  'mount -t tmpfs none "$FLEET_ROOT/etc"',
  'mkdir "$FLEET_ROOT/etc/upper" "$FLEET_ROOT/etc/work"',
  'mount -t overlay overlay -o "lowerdir=/etc,upperdir=$FLEET_ROOT/etc/upper,workdir=$FLEET_ROOT/etc/work" /etc',
];

const bytes = Buffer.from(Array.from({ length: 4096 }, (_, n) => (n * 7) % 256));

describe.skipIf(fleetAvailable() !== undefined)('becoming another user', () => {
  const work = mkdtempSync(join(tmpdir(), 'runbook-become-'));
  const fleets: Fleet[] = [];
  const opened: Connections[] = [];

  const start = async (options: Partial<FleetOptions>) => {
    const fleet = await startFleet({ count: 1, password, ...options });
    fleets.push(fleet);
    return fleet;
  };

  const open = (fleet: Fleet, become: BecomeTarget) => {
    const connections = createConnections({ shellLibrary: '', spoolDir: work, home: fleet.controllerHome });
    opened.push(connections);
    return connections.session(targetOf(fleet), become);
  };

  const worksExactly = async (fleet: Fleet, become: BecomeTarget) => {
    const session = await open(fleet, become);
    expect(await textOf(script(session, 'id -un'))).toBe(`${become.user}\n`);
    const echoed = await script(session, 'tee /dev/stderr 2>&1 >/dev/null', { stdin: bytes });
    expect(Buffer.compare(echoed.stdout.bytes, bytes)).toBe(0);
    return session;
  };

  afterAll(async () => {
    await Promise.all(opened.map((connections) => connections.close()));
    for (const fleet of fleets) await fleet.stop();
    rmSync(work, { recursive: true, force: true });
  });

  describe('by sudo with a password', () => {
    let fleet: Fleet;
    beforeAll(async () => {
      fleet = await start({ sudo: 'password' });
    });

    test('works, and the home is the other user’s', async () => {
      const session = await worksExactly(fleet, { method: 'sudo', user: 'root', password: right });
      expect(session.info).toMatchObject({ user: 'root', home: '/root' });
    });

    test('fails at the first wrong password', async () => {
      await expect(open(fleet, { method: 'sudo', user: 'root', password: wrong })).rejects.toMatchObject({
        kind: 'become',
        code: 'RB512',
        message: expect.stringMatching(/password is wrong/),
      });
    });

    test('says that a password is needed when none is given', async () => {
      await expect(open(fleet, { method: 'sudo', user: 'root' })).rejects.toMatchObject({
        code: 'RB512',
        message: expect.stringMatching(/asked for, and none is given/),
        hint: expect.stringMatching(/-K/),
      });
    });

    test('says that a user does not exist', async () => {
      await expect(
        open(fleet, { method: 'sudo', user: 'no_such_user', password: right }),
      ).rejects.toMatchObject({
        code: 'RB512',
        message: expect.stringMatching(/no user "no_such_user"/),
      });
    });

    test('refuses a user name that no shell may see', async () => {
      await expect(open(fleet, { method: 'sudo', user: "a'; id" })).rejects.toMatchObject({ code: 'RB512' });
    });

    test('starts in / where the home cannot be entered', async () => {
      const session = await open(fleet, { method: 'sudo', user: 'nobody', password: right });
      expect(await textOf(script(session, 'pwd'))).toBe('/\n');
    });
  });

  test('sudo without a password is not sent one', async () => {
    await worksExactly(await start({ sudo: 'nopasswd' }), { method: 'sudo', user: 'root', password: wrong });
  });

  test('sudo that insists on a terminal is given one', async () => {
    const fleet = await start({
      sudo: 'password',
      sudoersLines: ['Defaults:USER requiretty', 'Defaults:USER use_pty'],
    });
    await worksExactly(fleet, { method: 'sudo', user: 'root', password: right });
    await expect(open(fleet, { method: 'sudo', user: 'root', password: wrong })).rejects.toMatchObject({
      message: expect.stringMatching(/password is wrong/),
    });
  });

  test('sudo that lectures is understood', async () => {
    const fleet = await start({
      sudo: 'password',
      sudoersLines: ['Defaults:USER lecture=always'],
      loginShell: '/usr/bin/fish',
    });
    await worksExactly(fleet, { method: 'sudo', user: 'root', password: right });
  });

  test('a user whom sudo does not allow is told so', async () => {
    const fleet = await start({ sudo: 'none' });
    await expect(open(fleet, { method: 'sudo', user: 'root', password: right })).rejects.toMatchObject({
      code: 'RB512',
      message: expect.stringMatching(/not allowed to/),
    });
  });

  test('a method that is not installed is named', async () => {
    const fleet = await start({ mounts: ['mount --bind /dev/null "$(readlink -f /usr/bin/doas)"'] });
    await expect(open(fleet, { method: 'doas', user: 'root' })).rejects.toMatchObject({
      code: 'RB512',
      message: expect.stringMatching(/^doas to root on h1: /),
    });
  });

  describe('by su', () => {
    let fleet: Fleet;
    let other: BecomeTarget;
    beforeAll(async () => {
      fleet = await start({ count: 2, separateUsers: true });
      other = { method: 'su', user: fleet.users[1]?.name ?? '', password: right };
    });

    test('works with the other user’s password', async () => {
      const session = await worksExactly(fleet, other);
      expect(session.info.home).toBe(fleet.users[1]?.home);
    });

    test('works by a program that is told of a login shell already', async () => {
      const program = ['su', '-'];
      const session = await worksExactly(fleet, { ...other, program });
      expect(session.info.home).toBe(fleet.users[1]?.home);
    });

    test('fails with a wrong one', async () => {
      await expect(open(fleet, { ...other, password: wrong })).rejects.toMatchObject({
        code: 'RB512',
        message: expect.stringMatching(/password is wrong/),
      });
    });
  });

  describe('by doas', () => {
    test('works without a password', async () => {
      const fleet = await start({
        mounts: [
          ...ownEtc,
          "(umask 022; echo 'permit nopass :nogroup' >/etc/doas.conf; echo 'permit nopass nobody' >>/etc/doas.conf; for u in $(grep -o '^rbt[^:]*' /etc/passwd); do echo \"permit nopass $u\"; done >>/etc/doas.conf)",
        ],
      });
      await worksExactly(fleet, { method: 'doas', user: 'root' });
    });

    test('works with a password, which it reads from a terminal', async () => {
      const fleet = await start({
        mounts: [
          ...ownEtc,
          '(umask 022; for u in $(grep -o \'^rbt[^:]*\' /etc/passwd); do echo "permit $u"; done >/etc/doas.conf)',
        ],
      });
      await worksExactly(fleet, { method: 'doas', user: 'root', password: right });
      await expect(open(fleet, { method: 'doas', user: 'root', password: wrong })).rejects.toMatchObject({
        message: expect.stringMatching(/password is wrong/),
      });
    });
  });
});
