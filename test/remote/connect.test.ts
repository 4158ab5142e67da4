import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connections, ConnectionTarget } from '../../src/model/host.ts';
import { Secret } from '../../src/model/value.ts';
import { createConnections } from '../../src/remote/connections.ts';
import type { ConnectionsOptions } from '../../src/remote/remote-options.ts';
import { type Fleet, type FleetOptions, fleetAvailable, startFleet } from '../support/fleet.ts';
import { untilTrue } from '../support/until-true.ts';
import { script, targetOf, textOf } from './contract/place.ts';

const password = 'login pw "x\'';

describe.skipIf(fleetAvailable() !== undefined)('a connection', () => {
  const work = mkdtempSync(join(tmpdir(), 'runbook-connect-'));
  const fleets: Fleet[] = [];
  const opened: Connections[] = [];
  let fleet: Fleet;

  const start = async (options: Partial<FleetOptions>) => {
    const started = await startFleet({ count: 1, ...options });
    fleets.push(started);
    return started;
  };

  const connect = (
    to: Fleet,
    target: Partial<ConnectionTarget> = {},
    options: Partial<ConnectionsOptions> = {},
  ) => {
    const connections = createConnections({
      shellLibrary: '',
      spoolDir: work,
      home: to.controllerHome,
      env: {},
      ...options,
    });
    opened.push(connections);
    return connections.session(targetOf(to, target), undefined);
  };

  const loggedIn = async (session: Promise<Awaited<ReturnType<typeof connect>>>, to: Fleet) => {
    expect(await textOf(script(await session, 'id -un'))).toBe(`${to.hosts[0]?.user}\n`);
  };

  /** A key that the fleet's users accept as well. */
  const addKey = (name: string, ...args: string[]) => {
    const path = join(work, name);
    execFileSync('ssh-keygen', ['-q', '-C', '', '-f', path, ...args]);
    const authorized = join(fleet.home(), '.ssh', 'authorized_keys');
    writeFileSync(authorized, `${readFileSync(authorized, 'utf8')}${readFileSync(`${path}.pub`, 'utf8')}`);
    return path;
  };

  beforeAll(async () => {
    fleet = await start({ password });
  });

  afterAll(async () => {
    await Promise.all(opened.map((connections) => connections.close()));
    for (const one of fleets) await one.stop();
    rmSync(work, { recursive: true, force: true });
  });

  describe('logs in', () => {
    test.each([
      ['ed25519', ['-t', 'ed25519', '-N', '']],
      ['ecdsa', ['-t', 'ecdsa', '-N', '']],
      ['rsa', ['-t', 'rsa', '-b', '2048', '-N', '']],
      ['rsa-pem', ['-t', 'rsa', '-b', '2048', '-N', '', '-m', 'PEM']],
    ])('with a key of type %s', async (name, args) => {
      await loggedIn(connect(fleet, { identityFiles: [addKey(`key-${name}`, ...args)] }), fleet);
    });

    test.each([
      ['ed25519', ['-t', 'ed25519']],
      ['rsa', ['-t', 'rsa', '-b', '2048']],
      ['rsa in PEM', ['-t', 'rsa', '-b', '2048', '-m', 'PEM']],
    ])('with a locked key (%s) and its passphrase', async (name, args) => {
      const path = addKey(`locked-${name.replaceAll(' ', '-')}`, '-N', 'open sesame', ...args);
      await loggedIn(connect(fleet, { identityFiles: [path], passphrase: new Secret('open sesame') }), fleet);
      await expect(
        connect(fleet, { identityFiles: [path], passphrase: new Secret('wrong one') }),
      ).rejects.toMatchObject({
        code: 'RB509',
        message: expect.stringMatching(/does not unlock/),
      });
      await expect(connect(fleet, { identityFiles: [path] })).rejects.toMatchObject({ code: 'RB509' });
    });

    test('with a password, after a key that was refused', async () => {
      const stranger = join(work, 'stranger');
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', stranger]);
      await loggedIn(connect(fleet, { identityFiles: [stranger], password: new Secret(password) }), fleet);
    });

    test('by answering the server’s question with the password', async () => {
      const asking = await start({
        password,
        usePam: true,
        sshdConfigLines: ['KbdInteractiveAuthentication yes', 'AuthenticationMethods keyboard-interactive'],
      });
      await loggedIn(connect(asking, { password: new Secret(password) }), asking);
    });

    test('with both a key and a password where the server wants both', async () => {
      const both = await start({ password, sshdConfigLines: ['AuthenticationMethods publickey,password'] });
      await loggedIn(connect(both, { password: new Secret(password) }), both);
    });
  });

  describe('with an agent', () => {
    const socket = join(work, 'agent.sock');
    let agent: ChildProcess;
    beforeAll(async () => {
      agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
      if (agent.stdout !== null) await once(agent.stdout, 'data');
      for (let n = 0; n < 7; n++) {
        execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(work, `other${n}`)]);
        execFileSync('ssh-add', ['-q', join(work, `other${n}`)], {
          env: { ...process.env, SSH_AUTH_SOCK: socket },
        });
      }
    });
    afterAll(() => {
      agent.kill();
    });
    const add = (path: string) =>
      execFileSync('ssh-add', ['-q', path], { env: { ...process.env, SSH_AUTH_SOCK: socket } });

    test('offers only the named keys where the configuration says so', async () => {
      const path = addKey('agent-key', '-t', 'ed25519', '-N', '');
      add(path);
      rmSync(path);
      const sshConfigText = `Host *\n  IdentitiesOnly yes\n  IdentityFile ${path}\n`;
      await loggedIn(
        connect(fleet, { identityFiles: [] }, { env: { SSH_AUTH_SOCK: socket }, sshConfigText }),
        fleet,
      );
    });

    test('is passed over when it is not there', async () => {
      await loggedIn(connect(fleet, { agent: true }, { env: { SSH_AUTH_SOCK: join(work, 'none') } }), fleet);
    });
  });

  describe('that is not let in', () => {
    test('says what was tried and what the server accepts', async () => {
      const stranger = join(work, 'stranger2');
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', stranger]);
      await expect(
        connect(fleet, { identityFiles: [stranger], password: new Secret('wrong') }),
      ).rejects.toMatchObject({
        kind: 'unreachable',
        code: 'RB508',
        message: expect.stringMatching(/tried .*stranger2, password.*; the server accepts .*password/),
      });
    });

    test('names a file that does not exist', async () => {
      await expect(connect(fleet, { identityFiles: ['/no/such/key'] })).rejects.toMatchObject({
        code: 'RB509',
      });
    });

    test('names a file that is no key', async () => {
      const path = join(work, 'no-key');
      writeFileSync(path, 'hello\n');
      await expect(connect(fleet, { identityFiles: [path] })).rejects.toMatchObject({ code: 'RB509' });
    });

    test('has nothing to offer, and says so', async () => {
      const home = mkdtempSync(join(work, 'home-'));
      await expect(
        connect(fleet, { identityFiles: [] }, { home, knownHostsFiles: [fleet.knownHostsFile] }),
      ).rejects.toMatchObject({
        code: 'RB508',
        message: expect.stringMatching(/nothing to offer/),
      });
    });
  });

  describe('checks the host’s key', () => {
    const freshFile = (text = '') => {
      const dir = mkdtempSync(join(work, 'known-'));
      const path = join(dir, 'known_hosts');
      if (text !== '') writeFileSync(path, text);
      return path;
    };

    test('refuses an unknown one without sending a credential', async () => {
      await expect(
        connect(fleet, { user: 'canary-user' }, { knownHostsFiles: [freshFile()] }),
      ).rejects.toMatchObject({
        kind: 'unreachable',
        code: 'RB505',
        hint: expect.stringContaining('ssh-keyscan -p'),
      });
      expect(readFileSync(fleet.daemons[0]?.logFile ?? '', 'utf8')).not.toContain('canary-user');
    });

    test('accepts a new one where that is wanted, and then holds to it', async () => {
      const file = freshFile();
      await loggedIn(connect(fleet, { hostKeyPolicy: 'accept-new' }, { knownHostsFiles: [file] }), fleet);
      expect(readFileSync(file, 'utf8')).toBe(readFileSync(fleet.knownHostsFile, 'utf8'));
      await loggedIn(connect(fleet, {}, { knownHostsFiles: [file] }), fleet);
    });

    test('refuses a changed one, also where the check is off', async () => {
      const [host] = fleet.hosts;
      const other = readFileSync(`${fleet.identityFile}.pub`, 'utf8').trim();
      const file = freshFile(`[${host?.address}]:${host?.port} ${other}\n`);
      for (const hostKeyPolicy of ['strict', 'accept-new', 'off'] as const) {
        await expect(connect(fleet, { hostKeyPolicy }, { knownHostsFiles: [file] })).rejects.toMatchObject({
          code: 'RB506',
        });
      }
    });

    test('takes any unknown one where the check is off, and writes nothing down', async () => {
      const file = freshFile();
      await loggedIn(connect(fleet, { hostKeyPolicy: 'off' }, { knownHostsFiles: [file] }), fleet);
      expect(() => readFileSync(file)).toThrow(/ENOENT/);
    });
  });

  describe('through a jump host', () => {
    test('reaches a host, each verified under its own name', async () => {
      const pair = await start({ count: 2, separateUsers: true });
      const [, gate] = pair.hosts;
      const jump = `${gate?.user}@${gate?.address}:${gate?.port}`;
      await loggedIn(connect(pair, { proxyJump: jump }), pair);
      const onlyTarget = join(work, 'only-target');
      const [line = ''] = readFileSync(pair.knownHostsFile, 'utf8').split('\n');
      writeFileSync(onlyTarget, `${line}\n`);
      await expect(
        connect(pair, { proxyJump: jump }, { knownHostsFiles: [onlyTarget] }),
      ).rejects.toMatchObject({
        code: 'RB516',
        message: expect.stringMatching(/host key .* is not known/),
      });
    });

    test('says when the jump host does not answer', async () => {
      await expect(connect(fleet, { proxyJump: '127.0.0.1:1' })).rejects.toMatchObject({ code: 'RB516' });
    });
  });

  test('that is closed tells the server', async () => {
    const told = async (options: Partial<FleetOptions>, target: (of: Fleet) => Partial<ConnectionTarget>) => {
      const one = await start(options);
      const farewells = () =>
        readFileSync(one.daemons[0]?.logFile ?? '', 'utf8').includes('Received disconnect');
      await loggedIn(connect(one, target(one)), one);
      expect(farewells()).toBe(false);
      await opened.at(-1)?.close();
      await untilTrue('the server is told', async () => farewells());
    };
    await told({}, () => ({}));
    // What is said through a jump host that is told as well may be lost on it.
    const gateOf = ({ hosts: [, gate] }: Fleet) => `${gate?.user}@${gate?.address}:${gate?.port}`;
    await told({ count: 2, separateUsers: true }, (pair) => ({ proxyJump: gateOf(pair) }));
  });

  test('a server that allows one session still lets a step be cancelled', async () => {
    const narrow = await start({ maxSessions: 1 });
    const session = await connect(narrow);
    const abort = new AbortController();
    const running = session.run(
      { type: 'exec', command: { script: 'touch begun; sleep 1000' } },
      abort.signal,
    );
    for (;;) {
      try {
        readFileSync(join(narrow.home(), 'begun'));
        break;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
    abort.abort();
    expect((await running).ended).toBe('cancelled');
  });

  test('many connections at once to a server that drops some all arrive', async () => {
    const busy = await start({ maxStartups: '3:50:6' });
    const connections = createConnections({ shellLibrary: '', spoolDir: work, home: busy.controllerHome });
    opened.push(connections);
    const sessions = Array.from({ length: 20 }, (_, n) =>
      connections.session(targetOf(busy, { name: `n${n}` }), undefined),
    );
    expect(await Promise.all(sessions)).toHaveLength(20);
    expect(connections.isOpen('n7')).toBe(true);
    await connections.reset('n7');
    expect(connections.isOpen('n7')).toBe(false);
  });
});
