import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { prepare } from '../../src/engine/prepare.ts';

const cwd = mkdtempSync(join(tmpdir(), 'import-names-'));
writeFileSync(
  join(cwd, 'site.yml'),
  '- import_playbook: "{{ kind }}.yml"\n- import_playbook: "{{ other | default(\'web.yml\') }}"\n  vars: {kind: web}\n',
);
for (const name of ['db', 'web'])
  writeFileSync(
    join(cwd, `${name}.yml`),
    `- {name: ${name}, hosts: localhost, gather_facts: no, tasks: [{debug: {msg: 1}}]}\n`,
  );
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const selection = { tags: [], skipTags: [], assumeSet: [] };
const playsOf = async (...extraVars: readonly string[]) => {
  const { plan } = await prepare('site.yml', { cwd, env: {}, inventory: [], extraVars, selection });
  return plan.plays.map(({ name }) => name);
};

describe('the name of an imported playbook', () => {
  it('may be a template of variables that -e or the import gives', async () => {
    expect(await playsOf('kind=db')).toEqual(['db', 'web']);
    expect(await playsOf('kind=web', '{"other": "db.yml"}')).toEqual(['web', 'db']);
  });

  it('is refused where its variables are not given', async () => {
    await expect(playsOf()).rejects.toThrow(
      'the name "{{ kind }}.yml" is not known when playbooks are imported',
    );
  });
});
