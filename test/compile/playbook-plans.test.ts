import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { graphText, prepare } from '../../src/engine.ts';

const folder = mkdtempSync(join(tmpdir(), 'plans-'));
const inventory = join(folder, 'inventory.yml');
writeFileSync(
  inventory,
  'hosts: {web1: {}, web2: {}, web3: {}, db1: {}}\ngroups: {web: {hosts: ["web*"]}, db: {hosts: [db1]}}\n',
);
afterAll(() => rmSync(folder, { recursive: true }));

const names = [
  'producer-consumer',
  'mutex',
  'shared-state',
  'output-lock',
  'build-once',
  'processes',
  'ssh-batch',
  'traffic-light',
];

test.each(names)('playbooks/%s.yml has the plan it had', async (name) => {
  const file = fileURLToPath(new URL(`../../playbooks/${name}.yml`, import.meta.url));
  const golden = new URL(`../golden/plans/${name}.txt`, import.meta.url);
  const { plan } = await prepare(file, {
    cwd: folder,
    env: {},
    inventory: [inventory],
    extraVars: ['demo_root=/tmp/demo', 'report=/tmp/report'],
    selection: { tags: [], skipTags: [], assumeSet: [] },
  });
  const text = graphText(plan, 'text');
  if (process.env['RUNBOOK_UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
  expect(text).toBe(readFileSync(golden, 'utf8'));
});
