import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readRunLines } from '../support/fleet-project.ts';
import { runCli } from '../support/run-cli.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipe-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a pipe that fails on either side, ends early or runs into its timeout says which, and ends both sides', async () => {
  const playbook = `
hosts: localhost
gather_facts: false
ignore_errors: true
steps:
  - {id: first, pipe: {from: {shell: "echo a; echo why >&2; exit 3"}, to: {command: cat}}}
  - {id: second, pipe: {from: {command: [sh, -c, "echo $$ > ${folder}/pid; exec yes"]}, to: {command: "false"}}}
  - {id: early, pipe: {from: {command: "yes"}, to: {command: head -c 5}}}
  - {id: late, pipe: {from: {command: "yes"}, to: {command: sleep 100}}, timeout: 1}
  - {id: gone, command: "kill -0 {{ lookup('file', 'pid') }}"}
  - {id: none, pipe: {from: {command: "'open"}, to: {command: cat}}}
`;
  writeFileSync(join(folder, 'pipe.yml'), playbook);
  const { stdout } = await runCli(['apply', 'pipe.yml', '--output', 'jsonl'], { cwd: folder });
  const failed = readRunLines(stdout).filter(({ outcome }) => outcome === 'failed');
  const messages = Object.fromEntries(failed.map(({ id, msg }) => [id, msg]));
  expect(messages).toMatchObject({
    first: 'the first command, on localhost, ended with status 3: why',
    second: 'the second command, on localhost, ended with status 1',
    early: 'the second command, on localhost, ended before it had read everything',
    late: 'ran into its timeout of 1.0 s (RB513)',
    none: expect.stringContaining('from: the command cannot be split into words'),
  });
  expect(Object.keys(messages)).toContain('gone');
});
