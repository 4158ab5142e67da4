import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportersOf } from '../../src/cli/reporters.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reporters-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the reports that --report names', () => {
  it('are refused before the run where they have no place', () => {
    const missing = join(folder, 'none', 'report.xml');
    expect(() => reportersOf([`junit=${missing}`])).toThrow(
      `the report ${missing} cannot be written: ENOENT`,
    );
    expect(() => reportersOf([`html=${folder}`])).toThrow(
      `the report ${folder} cannot be written: it is a folder`,
    );
  });

  it('are made where they have one, and write nothing yet', () => {
    const file = join(folder, 'report.xml');
    expect(reportersOf([`junit=${file}`])).toHaveLength(1);
    expect(existsSync(file)).toBe(false);
  });
});
