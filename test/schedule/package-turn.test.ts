import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineActionModule, type ModuleSpec } from '../../src/model/module.ts';
import { usesPackageDatabase } from '../../src/model/package-database.ts';
import type { PlanStep } from '../../src/model/plan.ts';
import type { Value } from '../../src/model/value.ts';
import { startRun } from '../support/controlled-steps.ts';
import { PlanBuilder, somewhere, use } from '../support/plan-builder.ts';

const usesPackages = ({ id = '' }: PlanStep) => id.startsWith('install');

describe('steps that use the packages of their host', () => {
  it('go one after the other on a host although nothing orders them, and beside each other on two', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    builder.play();
    for (const id of ['install-a', 'install-b', 'other']) {
      const step = builder.step(id);
      for (const host of builder.hosts) builder.on(host, step);
    }
    const run = await startRun(builder.build(), { usesPackages, forks: 10 });
    expect([...run.running()].sort()).toEqual(['install-a@h1', 'install-a@h2', 'other@h1', 'other@h2']);
    expect(run.events).toContainEqual(
      expect.objectContaining({ type: 'step-waiting', host: 'h1', for: 'the package database of h1' }),
    );
    await run.finish('install-a', 'h1', { outcome: 'failed' });
    expect(run.running()).not.toContain('install-b@h2');
    await run.finishAll();
    expect(run.coordinator.graph()).toEqual({ waiting: [], holding: [] });
  });

  it('take the turn of the host that they are delegated to', async () => {
    const builder = new PlanBuilder(['h1', 'h2']);
    builder.play();
    builder.on('h1', builder.step('install-a'));
    builder.on('h2', builder.step('install-b', { delegateTo: 'h1' }));
    const run = await startRun(builder.build(), { usesPackages });
    expect(run.running()).toEqual(['install-a@h1']);
    await run.finish('install-a', 'h1');
    expect(run.running()).toEqual(['install-b@h2']);
    await run.finishAll();
  });

  it('take it last, so that who has it never waits for a lock that another waiter holds', async () => {
    const builder = new PlanBuilder(['h1']);
    builder.declarations = {
      ...builder.declarations,
      locks: { l: { scope: 'run', onLost: 'poison', at: somewhere } },
    };
    builder.play();
    builder.on('h1', builder.step('locked', { limits: [use('lock', 'l')] }));
    builder.on('h1', builder.step('install-a', { limits: [use('lock', 'l')] }));
    builder.on('h1', builder.step('install-b'));
    const run = await startRun(builder.build(), { usesPackages });
    expect([...run.running()].sort()).toEqual(['install-b@h1', 'locked@h1']);
    const result = await run.finishAll();
    expect(result.outcome).toBe('ok');
  });
});

describe('whether a step uses the packages of its host', () => {
  const spec = (name: string, fields: Partial<ModuleSpec> = {}): [string, ModuleSpec] => {
    const run = async () => ({ changed: false });
    const head = { name, summary: 'A module.', params: () => z.strictObject({}), examples: [] };
    const made = defineActionModule({ ...head, where: 'remote', checkMode: 'run', run });
    return [name, { ...made, ...fields } as ModuleSpec];
  };
  const modules = new Map([
    spec('command', { freeForm: 'cmd' }),
    spec('shell', { freeForm: 'cmd' }),
    spec('packages', { uses: { packageDatabase: true } }),
    spec('other', { freeForm: 'cmd' }),
  ]);
  const uses = (module: string, params: Readonly<Record<string, Value>>) => {
    const builder = new PlanBuilder(['h1']);
    builder.play();
    const index = builder.step('a');
    builder.on('h1', index);
    const step = builder.build().steps[index];
    if (step === undefined) throw new Error('the plan has no step');
    const action = { type: 'module', module, written: module, params, at: somewhere } as const;
    return usesPackageDatabase({ ...step, action }, modules);
  };

  it('is said by its module', () => {
    expect(uses('packages', {})).toBe(true);
    expect(uses('other', { cmd: 'apt-get update' })).toBe(false);
  });

  it.each([
    ['apt-get install -y nginx', true],
    ['DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get update && true', true],
    ['sudo dnf -y upgrade', true],
    ['/usr/bin/dpkg -i x.deb', true],
    ['rpm', true],
    ['  apk add curl', true],
    ['apt-cache search nginx', false],
    ['echo apt-get', false],
    ['dpkg-query -W', false],
    ['{{ tool }} install', false],
  ])('is seen in the first word of a command: %s', (cmd, expected) => {
    expect(uses('shell', { cmd })).toBe(expected);
  });

  it('is seen in the first of a list of words', () => {
    expect(uses('command', { argv: ['apt-get', 'install', 'nginx'] })).toBe(true);
    expect(uses('command', { argv: ['echo', 'apt-get'] })).toBe(false);
    expect(uses('command', {})).toBe(false);
  });
});
