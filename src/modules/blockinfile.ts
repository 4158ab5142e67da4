import { z } from 'zod';
import { defineProbingModule } from '../model/module.ts';
import { placeBlock } from './shared/block-edit.ts';
import { applyEdit, editAliases, editParams, editProbe, planEdit, regexParam } from './shared/edit-file.ts';
import { booleanParam } from './shared/param-types.ts';
import { layOver } from './shared/planned-state.ts';
import { text } from './shared/text-params.ts';
import { withFileMarks } from './shared/with-file-marks.ts';

const params = () =>
  z
    .strictObject({
      ...editParams,
      block: text().default('').describe('Lines between the markers. Empty: the block is removed.'),
      state: z.enum(['present', 'absent']).default('present').describe('Whether the block should be there.'),
      marker: text()
        .default('# {mark} ANSIBLE MANAGED BLOCK')
        .describe('Line around the block; it holds {mark}.'),
      marker_begin: text().default('BEGIN').describe('What {mark} is in the first line.'),
      marker_end: text().default('END').describe('What {mark} is in the last line.'),
      insertafter: regexParam().describe('Where a new block goes: after the last match, or EOF (default).'),
      insertbefore: regexParam().describe('Where a new block goes: before the last match, or BOF.'),
      create: booleanParam
        .default(false)
        .describe('Whether to make the file (and its directory) when it is missing.'),
      append_newline: booleanParam.default(false).describe('Whether an empty line follows the block.'),
      prepend_newline: booleanParam.default(false).describe('Whether an empty line stands before the block.'),
    })
    .superRefine((given, check) => {
      const refuse = (path: string, message: string) =>
        check.addIssue({ code: 'custom', path: [path], message });
      if (given.insertafter !== undefined && given.insertbefore !== undefined)
        refuse('insertbefore', 'insertafter and insertbefore exclude each other');
      if (!given.marker.includes('{mark}'))
        refuse('marker', 'marker must hold {mark}, or its two lines look the same');
      if (given.marker_begin === given.marker_end)
        refuse('marker_end', 'marker_begin and marker_end must differ');
      for (const name of ['marker', 'marker_begin', 'marker_end'] as const)
        if (given[name].includes('\n')) refuse(name, 'a marker is one line');
    });

/** Keeps a block of lines between two marker lines in a text file. */
export default defineProbingModule(
  withFileMarks(
    {
      name: 'blockinfile',
      summary: 'Ensure that a block of lines between two marker lines is in a text file.',
      description:
        'The file is replaced as a whole or not at all. Differences: a marker without {mark} is refused; the last marker is known although it ends the file without a line end; a file that is not there has no block to remove.',
      params,
      paramAliases: { ...editAliases, content: 'block' },
      returns: { backup: 'Where the file as it was is kept; empty without backup.', msg: 'What was done.' },
      examples: [
        {
          title: 'Hosts of the cluster',
          yaml: 'blockinfile:\n  path: /etc/hosts\n  marker: "# {mark} cluster"\n  block: |\n    10.0.0.1 db1\n    10.0.0.2 db2',
        },
      ],

      probe: (wish) => editProbe(wish),
      plan(wish, found, context) {
        const state = layOver(found, context);
        const isGone = wish.state === 'absent' && state.stat === undefined && state.parent !== 'closed';
        if (isGone)
          return {
            type: 'none',
            reason: `${state.path} does not exist`,
            result: { msg: `File ${state.path} not present` },
          };
        const create = wish.create && wish.state === 'present';
        return planEdit({ ...wish, create }, state, context, (content) =>
          placeBlock(content, wish, { path: state.path, isNew: state.stat === undefined }),
        );
      },
      apply: applyEdit,
    },
    ({ path }) => ({ path, follow: true }),
  ),
);
