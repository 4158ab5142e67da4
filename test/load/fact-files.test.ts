import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFactFiles } from '../../src/load/fact-files.ts';
import { folderOf } from './temporary-folder.ts';

function opened(more: { readonly prefix?: string; readonly timeoutS?: number } = {}) {
  const folder = join(folderOf({}), 'facts');
  const warnings: string[] = [];
  const open = () => openFactFiles({ folder, ...more, warn: (message) => warnings.push(message) });
  return { folder, warnings, store: open(), again: open };
}

describe('facts in files', () => {
  it('are read again by the next run, from a file for each host that only its owner reads', async () => {
    const { folder, store, again } = opened({ prefix: 'p_' });
    store.write('web', { ansible_x: 1, list: ['é'] });
    store.write('web', { ansible_x: 2, list: ['é'] });
    await store.settled();
    expect(readdirSync(folder)).toEqual(['p_web']);
    expect(readFileSync(join(folder, 'p_web'), 'utf8')).toBe(
      '{\n    "ansible_x": 2,\n    "list": [\n        "\\u00e9"\n    ]\n}',
    );
    expect(statSync(join(folder, 'p_web')).mode & 0o777).toBe(0o600);
    expect(again().read('web')).toEqual({ ansible_x: 2, list: ['é'] });
    expect(again().read('db')).toBeUndefined();
  });

  it('are gone when a host is forgotten', async () => {
    const { folder, store } = opened();
    store.write('web', { a: 1 });
    await store.settled();
    store.forget('web');
    store.forget('never-seen');
    await store.settled();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('count no longer than they are said to', async () => {
    const { folder, store } = opened({ timeoutS: 60 });
    store.write('web', { a: 1 });
    await store.settled();
    expect(store.read('web')).toEqual({ a: 1 });
    const past = Date.now() / 1_000 - 100;
    utimesSync(join(folder, 'web'), past, past);
    expect(store.read('web')).toBeUndefined();
  });

  it('count for ever where the time is 0', async () => {
    const { folder, store } = opened({ timeoutS: 0 });
    store.write('web', { a: 1 });
    await store.settled();
    utimesSync(join(folder, 'web'), 1, 1);
    expect(store.read('web')).toEqual({ a: 1 });
  });

  it('of a file that is broken are none, with a word about it', () => {
    const { folder, store, warnings } = opened();
    writeFileSync(join(folder, 'web'), '{"a": ');
    writeFileSync(join(folder, 'db'), '[1]');
    expect(store.read('web')).toBeUndefined();
    expect(store.read('db')).toBeUndefined();
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain(`${join(folder, 'web')} is left aside`);
  });

  it('never leave their folder, and a host that cannot be kept is no error', async () => {
    const { folder, store, warnings } = opened();
    store.write('../web', { a: 1 });
    store.write('..', { a: 1 });
    await store.settled();
    expect(store.read('../web')).toBeUndefined();
    expect([readdirSync(folder), readdirSync(join(folder, '..')), warnings]).toEqual([[], ['facts'], []]);
  });

  it('that cannot be written are told of, and the run goes on', async () => {
    const { folder, store, warnings } = opened();
    mkdirSync(join(folder, 'web'));
    store.write('web', { a: 1 });
    store.write('db', { a: 1 });
    await store.settled();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`facts of web are not kept in ${folder}`);
    expect(store.read('db')).toEqual({ a: 1 });
  });
});
