import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { shellQuote } from '../../src/lib/shell-quote.ts';
import type { Connections, ConnectionTarget, Session } from '../../src/model/host.ts';
import { createConnections } from '../../src/remote/connections.ts';
import { textOf } from './contract/place.ts';

const isRoot = process.getuid?.() === 0;
const hasLists = existsSync('/usr/bin/setfacl') || existsSync('/bin/setfacl');
const here: ConnectionTarget = { name: 'here', connection: 'local', address: 'here', identityFiles: [] };

// Sizes that are sent in the request line, behind it, and through a channel of their own.
const ways = [
  ['in the request line', 5],
  ['behind the request line', 100_000],
  ['through a channel of their own', 1_200_000],
] as const;

describe.skipIf(!isRoot || !hasLists)('data that go into a directory with a default access list', () => {
  const work = mkdtempSync(join(tmpdir(), 'runbook-private-'));
  const log = join(work, 'log');
  const bin = join(work, 'bin');
  let dir = '';
  let connections: Connections;
  let session: Session;

  beforeAll(async () => {
    chmodSync(work, 0o711);
    mkdirSync(bin);
    // What writes content looks first at the file that it is about to write: its mode, size, and whether it can be read.
    const look = `for rb_f in ${work}/d/.rb-*; do setpriv --reuid=nobody --clear-groups test -r "$rb_f" && rb_l=open || rb_l=closed; stat -c "%a %s $rb_l" "$rb_f"; done >>${log} 2>/dev/null </dev/null`;
    for (const name of ['dd', 'cat']) {
      const script = `#!/bin/sh\n${look}\nPATH=/usr/bin:/bin exec ${name} "$@"\n`;
      writeFileSync(join(bin, name), script, { mode: 0o755 });
    }
    connections = createConnections({
      shellLibrary: `printf() { ${look}; command printf "$@"; }`,
      spoolDir: join(work, 'spool'),
      home: work,
      env: { HOME: work, PATH: `${bin}:${process.env['PATH']}` },
    });
    session = await connections.session(here, undefined);
  });

  beforeEach(() => {
    dir = join(work, 'd');
    mkdirSync(dir, { mode: 0o777 });
    execFileSync('setfacl', ['-d', '-m', 'u:nobody:rwx,g::rwx,o::rwx', dir]);
    execFileSync('setfacl', ['-m', 'u:nobody:rwx', dir]);
    writeFileSync(log, '');
  });

  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  afterAll(async () => {
    await connections.close();
    rmSync(work, { recursive: true, force: true });
  });

  const store = (size: number, dataMode?: number) =>
    textOf(
      session.run({
        type: 'call',
        code: `stat -c '%a %s' "$rb_data"; cp -p -- "$rb_data" ${shellQuote(join(work, 'kept'))}`,
        data: Buffer.alloc(size, 'x'),
        dataDir: dir,
        dataMode,
        readOnly: false,
      }),
    );

  /** What was seen, the first time of each. */
  const seen = () => [...new Set(readFileSync(log, 'utf8').trimEnd().split('\n'))];

  test.each(ways)('cannot be read by those whom it names, sent %s', async (_way, size) => {
    expect(await store(size)).toBe(`600 ${size}\n`);

    expect(seen()[0]).toBe('600 0 closed');
    expect(seen().filter((line) => !/^600 \d+ closed$/.test(line))).toEqual([]);
    expect(readFileSync(join(work, 'kept'), 'latin1')).toBe('x'.repeat(size));
  });

  test.each(ways)('have the mode that is asked for before their content, sent %s', async (_way, size) => {
    expect(await store(size, 0o604)).toBe(`604 ${size}\n`);

    expect(seen()[0]).toMatch(/^604 0 /);
    expect(seen().filter((line) => !line.startsWith('604 '))).toEqual([]);
  });
});
