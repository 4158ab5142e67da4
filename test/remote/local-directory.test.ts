import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createConnections } from '../../src/remote/connections.ts';
import { textOf } from './contract/place.ts';

const work = realpathSync(mkdtempSync(join(tmpdir(), 'runbook-start-')));
const home = join(work, 'home');
mkdirSync(home);
afterAll(() => rmSync(work, { recursive: true, force: true }));

async function startOf(localDirectory: string | undefined): Promise<string> {
  const connections = createConnections({
    shellLibrary: '',
    spoolDir: join(work, 'spool'),
    home,
    env: { HOME: home, PATH: process.env['PATH'] },
    localDirectory,
  });
  try {
    const here = { name: 'here', connection: 'local', address: 'here', identityFiles: [] } as const;
    const session = await connections.session(here, undefined);
    return (await textOf(session.run({ type: 'exec', command: { script: 'pwd' } }))).trim();
  } finally {
    await connections.close();
  }
}

describe('a command on the controller itself', () => {
  test('starts where the program was started, whatever its path is called', async () => {
    const named = join(work, "it's a `place`");
    mkdirSync(named);
    expect(await startOf(named)).toBe(named);
  });

  test('starts at home where no directory is given, or it is gone', async () => {
    expect(await startOf(undefined)).toBe(home);
    expect(await startOf(join(work, 'gone'))).toBe(home);
  });
});
