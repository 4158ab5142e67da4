import { describe, expect, it } from 'vitest';
import { loadInventory } from '../../src/load/inventory.ts';
import { startDraft } from '../../src/load/inventory-draft.ts';
import { readProgramInventory } from '../../src/load/inventory-program.ts';
import { groupsOfHost, inventoryLayers } from '../../src/model/inventory-graph.ts';
import { folderOf } from './temporary-folder.ts';

function run(script: string, runPrograms = true) {
  const cwd = folderOf({ 'inv.sh': `#!/bin/sh\n${script}` });
  return loadInventory(['inv.sh'], { cwd, home: cwd, runPrograms });
}

async function problem(script: string) {
  const { diagnostics } = await run(script);
  expect(diagnostics).toHaveLength(1);
  return diagnostics[0];
}

describe('an inventory program', () => {
  it('gives groups, hosts and the variables in _meta', async () => {
    const list = {
      web: { hosts: ['w1', 'w2'], vars: { port: 80 }, children: ['edge'] },
      edge: ['e1'],
      _meta: { hostvars: { w1: { ansible_host: '10.0.0.1', big: 1.5 } } },
    };
    const { inventory, diagnostics } = await run(
      `[ "$1" = --list ] && cat <<'END'\n${JSON.stringify(list)}\nEND\n`,
    );
    expect(diagnostics).toEqual([]);
    expect(groupsOfHost(inventory, 'e1').map((group) => group.name)).toEqual(['all', 'web', 'edge']);
    expect(inventoryLayers(inventory, 'w1').map((layer) => layer.values)).toEqual([
      { port: 80 },
      { ansible_host: '10.0.0.1', big: 1.5 },
    ]);
  });

  it('is asked for each host where it gives no _meta', async () => {
    const { inventory, diagnostics } = await run(
      'if [ "$1" = --host ]; then echo "{\\"name\\": \\"$2\\"}"; else echo \'{"web": ["w1", "w2"]}\'; fi\n',
    );
    expect(diagnostics).toEqual([]);
    expect(inventoryLayers(inventory, 'w2')).toMatchObject([{ label: 'inv.sh', values: { name: 'w2' } }]);
  });

  it('is not run where that is not allowed, and a warning says so', async () => {
    const { inventory, diagnostics } = await run('echo "{}"; touch "$0.ran"', false);
    expect(diagnostics).toMatchObject([
      { severity: 'warning', code: 'RB122', message: expect.stringContaining('was not run') },
      { severity: 'warning', code: 'RB120' },
    ]);
    expect([...inventory.hosts.keys()]).toEqual(['localhost']);
  });

  it('fails with what it wrote on standard error, without control characters', async () => {
    expect(await problem('printf "no \\033[31mtoken\\n" >&2; exit 3')).toMatchObject({
      code: 'RB122',
      message: 'inv.sh --list ended with exit code 3',
      hint: 'it wrote on standard error:\nno [31mtoken',
    });
  });

  it.each([
    ['echo oops', /did not print JSON/],
    ['echo "[1]"', /must print a mapping of groups, found a list/],
    ['echo \'{"web": 5}\'', /the group web must be a mapping or a list of hosts, found the number 5/],
    ['kill -9 $$', /was ended by SIGKILL/],
  ])('fails where it does %j', async (script, message) => {
    expect((await problem(script))?.message).toMatch(message);
  });

  it('is ended with all its children when it is too slow', async () => {
    const cwd = folderOf({ slow: '#!/bin/sh\nsleep 1000 & sleep 1000' });
    const draft = startDraft();
    await readProgramInventory({ path: `${cwd}/slow`, shown: 'slow', cwd, deadlineMs: 50 }, draft);
    expect(draft.diagnostics).toMatchObject([
      { code: 'RB122', message: 'slow --list took longer than 0.05 s' },
    ]);
  });

  it('may leave a process behind that keeps its output open', async () => {
    const { inventory, diagnostics } = await run(
      'sleep 5 & echo \'{"web": ["w1"], "_meta": {"hostvars": {}}}\'',
    );
    expect(diagnostics).toEqual([]);
    expect(inventory.hosts.has('w1')).toBe(true);
  });

  it('is ended by an interrupt', async () => {
    const cwd = folderOf({ slow: '#!/bin/sh\nsleep 1000' });
    const draft = startDraft();
    await readProgramInventory({ path: `${cwd}/slow`, shown: 'slow', cwd }, draft, AbortSignal.abort());
    expect(draft.diagnostics).toMatchObject([{ code: 'RB122', message: 'slow --list was interrupted' }]);
  });

  it('names hosts within the rules', async () => {
    expect(await problem('echo \'{"web": ["-oProxyCommand=x"]}\'')).toMatchObject({ code: 'RB125' });
  });
});
