import { z } from 'zod';
import { defineActionModule, type ModuleSpec } from '../../src/model/module.ts';
import queueModule from '../../src/modules/queue.ts';
import stateModule from '../../src/modules/state.ts';

type Head = Pick<
  ModuleSpec,
  'name' | 'params' | 'aliases' | 'freeForm' | 'paramAliases' | 'rawParams' | 'summary'
>;

function fake(head: Head): ModuleSpec {
  return defineActionModule({
    ...head,
    params: () => head.params,
    where: 'controller',
    checkMode: 'run',
    examples: [],
    run: async () => ({ changed: false }),
  });
}

const flag = z.preprocess((value) => (value === 'yes' ? true : value === 'no' ? false : value), z.boolean());

const list: readonly ModuleSpec[] = [
  fake({
    name: 'command',
    summary: 'Run a command.',
    freeForm: 'cmd',
    params: z
      .strictObject({
        cmd: z.string().optional(),
        argv: z.array(z.string()).optional(),
        chdir: z.string().optional(),
        creates: z.string().optional(),
      })
      .refine((value) => value.cmd === undefined || value.argv === undefined, {
        message: '"cmd" and "argv" exclude each other',
      }),
  }),
  fake({
    name: 'shell',
    summary: 'Run a script.',
    freeForm: 'cmd',
    params: z.strictObject({ cmd: z.string(), chdir: z.string().optional() }),
  }),
  fake({
    name: 'copy',
    summary: 'Copy a file.',
    paramAliases: { path: 'dest' },
    params: z.strictObject({
      src: z.string().optional(),
      content: z.string().optional(),
      dest: z.string(),
      mode: z.string().optional(),
      backup: flag.optional(),
      state: z.enum(['present', 'absent']).default('present'),
      port: z.union([z.int().min(1).max(65_535), z.array(z.int())]).optional(),
    }),
  }),
  fake({
    name: 'debug',
    summary: 'Show something.',
    rawParams: ['var'],
    params: z.strictObject({ msg: z.unknown().optional(), var: z.string().optional() }),
  }),
  fake({
    name: 'service',
    summary: 'Start or stop a service.',
    aliases: ['systemd'],
    params: z.strictObject({ name: z.string(), state: z.enum(['started', 'stopped', 'restarted']) }),
  }),
  fake({
    name: 'meta',
    summary: 'Act on the run.',
    freeForm: 'action',
    params: z.strictObject({ action: z.enum(['flush_handlers', 'end_play']) }),
  }),
  fake({ name: 'ping', summary: 'Answer.', params: z.strictObject({}) }),
  queueModule,
  stateModule,
];

/** Small modules with the traits that validation has to deal with: free form, aliases, unions, rules. */
export const fakeModules: ReadonlyMap<string, ModuleSpec> = new Map(list.map((spec) => [spec.name, spec]));
