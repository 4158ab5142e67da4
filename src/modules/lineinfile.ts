import { z } from 'zod';
import { defineProbingModule } from '../model/module.ts';
import { applyEdit, editAliases, editParams, editProbe, planEdit, regexParam } from './shared/edit-file.ts';
import { placeLine, removeLines } from './shared/line-edit.ts';
import { booleanParam } from './shared/param-types.ts';
import { layOver } from './shared/planned-state.ts';
import { optionalText } from './shared/text-params.ts';
import { withFileMarks } from './shared/with-file-marks.ts';

const params = () =>
  z
    .strictObject({
      ...editParams,
      line: optionalText().describe(
        'The line, without its line end. With backrefs it may hold \\1 or \\g<name>.',
      ),
      regexp: regexParam().describe(
        'Regular expression that finds the line to replace; the last match counts.',
      ),
      search_string: optionalText().describe('Plain text that finds the line to replace.'),
      state: z.enum(['present', 'absent']).default('present').describe('Whether the line should be there.'),
      backrefs: booleanParam
        .default(false)
        .describe('Whether groups of regexp are put into line; without a match nothing is done then.'),
      insertafter: regexParam().describe(
        'Where a new line goes: after the last match, or EOF (default), BOF.',
      ),
      insertbefore: regexParam().describe('Where a new line goes: before the last match, or BOF.'),
      create: booleanParam
        .default(false)
        .describe('Whether to make the file (and its directory) when it is missing.'),
      firstmatch: booleanParam
        .default(false)
        .describe('Whether the first match counts in place of the last.'),
    })
    .superRefine((given, check) => {
      const refuse = (path: string, message: string) =>
        check.addIssue({ code: 'custom', path: [path], message });
      if (given.regexp !== undefined && given.search_string !== undefined)
        refuse('search_string', 'regexp and search_string exclude each other');
      if (given.insertafter !== undefined && given.insertbefore !== undefined)
        refuse('insertbefore', 'insertafter and insertbefore exclude each other');
      if (given.backrefs && given.regexp === undefined) refuse('backrefs', 'backrefs needs regexp');
      if (given.state === 'present' && given.line === undefined)
        refuse('line', 'line is needed with state: present');
      if (given.line === undefined && given.regexp === undefined && given.search_string === undefined)
        refuse('state', 'one of line, regexp and search_string is needed with state: absent');
    });

/** Keeps one line in a text file, or keeps lines out of it. */
export default defineProbingModule(
  withFileMarks(
    {
      name: 'lineinfile',
      summary: 'Ensure that a line is in a text file, or that lines are not.',
      description:
        'The file is replaced as a whole or not at all. Differences: a line added after a last line that has no line end starts on a line of its own.',
      params,
      paramAliases: { ...editAliases, value: 'line', regex: 'regexp' },
      returns: {
        backup: 'Where the file as it was is kept; empty without backup.',
        found: 'How many lines were removed (state: absent).',
        msg: 'What was done.',
      },
      examples: [
        {
          title: 'No password logins',
          yaml: "lineinfile:\n  path: /etc/ssh/sshd_config\n  regexp: '^#?PasswordAuthentication'\n  line: PasswordAuthentication no\n  validate: /usr/sbin/sshd -t -f %s",
        },
      ],

      probe: (wish) => editProbe(wish),
      plan(wish, found, context) {
        const state = layOver(found, context);
        if (wish.state === 'absent' && state.stat === undefined && state.parent !== 'closed')
          return {
            type: 'none',
            reason: `${state.path} does not exist`,
            result: { msg: 'file not present', fields: { found: 0, backup: '' } },
          };
        const absent = wish.state === 'absent';
        return planEdit(absent ? { ...wish, create: false } : wish, state, context, (content) =>
          absent ? removeLines(content, wish, state.path) : placeLine(content, wish, state.path),
        );
      },
      apply: applyEdit,
    },
    ({ path }) => ({ path, follow: true }),
  ),
);
