import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatDiagnostic } from '../../src/model/format-diagnostic.ts';
import { shortly, validateText } from '../support/validate-text.ts';

const folder = new URL('../golden/validate/', import.meta.url);
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.yml'))
  .map((name) => name.replace(/\.yml$/, ''));

test('there are at least 45 mistaken playbooks', () => {
  expect(names.length).toBeGreaterThanOrEqual(45);
});

test.each(names)('%s is told exactly so', async (name) => {
  const text = readFileSync(new URL(`${name}.yml`, folder), 'utf8');
  const { playbook, diagnostics } = await validateText(text);
  const told = diagnostics.map((one) => formatDiagnostic(one, () => text)).join('\n\n');
  const golden = new URL(`${name}.txt`, folder);
  if (process.env['RUNBOOK_UPDATE_GOLDEN'] === '1') writeFileSync(golden, `${told}\n`);

  expect(diagnostics.map(shortly)).not.toEqual([]);
  expect(playbook === undefined).toBe(diagnostics.some((one) => one.severity === 'error'));
  expect(`${told}\n`).toBe(readFileSync(golden, 'utf8'));
});
