import { z } from 'zod';
import { compilePythonRegex, expandPythonReplacement } from '../lib/python-regex.ts';
import { defineProbingModule } from '../model/module.ts';
import {
  applyEdit,
  type Edited,
  editAliases,
  editParams,
  editProbe,
  planEdit,
  regexParam,
} from './shared/edit-file.ts';
import type { TextContent } from './shared/text-content.ts';
import { text } from './shared/text-params.ts';
import { withFileMarks } from './shared/with-file-marks.ts';

const params = () =>
  z.strictObject({
    ...editParams,
    regexp: regexParam()
      .refine((value) => value !== undefined, { error: 'regexp is needed' })
      .transform((value) => value ?? '')
      .describe('Regular expression of what is replaced, all over the file; ^ and $ match at each line.'),
    replace: text()
      .default('')
      .describe('What stands in its place; \\1 and \\g<name> are groups. Default: nothing.'),
    after: regexParam().describe('Only what follows the first match of this is looked at.'),
    before: regexParam().describe(
      'Only what stands before the last match of this is looked at (the next one, with after).',
    ),
    encoding: z.enum(['utf-8', 'UTF-8', 'utf8']).default('utf-8').describe('Encoding of the file.'),
  });
type Params = z.output<ReturnType<typeof params>>;

/** Replaces every match of a regular expression in a text file. */
export default defineProbingModule(
  withFileMarks(
    {
      name: 'replace',
      summary: 'Replace every match of a regular expression in a text file.',
      description:
        'The file is replaced as a whole or not at all. Differences: encoding is UTF-8 only; bytes that are no UTF-8 are kept as they are. Write the expression so that it does not match its own result, or each run changes the file again.',
      params,
      paramAliases: editAliases,
      returns: { backup: 'Where the file as it was is kept; empty without backup.', msg: 'What was done.' },
      examples: [
        {
          title: 'A new host name within one section',
          yaml: "replace:\n  path: /etc/app.ini\n  after: '\\[db\\]'\n  before: '\\n\\['\n  regexp: '^host=.*$'\n  replace: host=db2",
        },
      ],

      probe: (wish) => editProbe(wish),
      plan: (wish, state, context) =>
        planEdit(wish, state, context, (content) => replaceMatches(content, wish, state.path)),
      apply: applyEdit,
    },
    ({ path }) => ({ path, follow: true }),
  ),
);

function replaceMatches(content: TextContent, wish: Params, path: string): Edited {
  const section = sectionOf(content, wish);
  if (section === undefined)
    return { text: content.text, msg: '', reason: `before and after match nothing in ${path}` };
  const [start, end] = section;
  const regex = compilePythonRegex(content.adopt(wish.regexp), { multiline: true, global: true });
  const replacement = content.adopt(wish.replace);
  const old = content.text.slice(start, end);
  let count = 0;
  let at = 0;
  let replaced = '';
  for (const match of old.matchAll(regex)) {
    replaced += old.slice(at, match.index) + expandPythonReplacement(replacement, match);
    at = match.index + match[0].length;
    count++;
  }
  replaced += old.slice(at);
  return {
    text: content.text.slice(0, start) + replaced + content.text.slice(end),
    msg: `${count} replacements made`,
    reason:
      count === 0
        ? `the expression matches nothing in ${path}`
        : `all ${count} matches in ${path} are so already`,
  };
}

/** Where the looked-at part begins and ends; undefined when `after` and `before` are not found. */
function sectionOf(content: TextContent, wish: Params): readonly [number, number] | undefined {
  if (wish.after === undefined && wish.before === undefined) return [0, content.text.length];
  const after = content.adopt(wish.after ?? '');
  const before = content.adopt(wish.before ?? '');
  const pattern = `${after}(?P<subsection>.*${wish.before === undefined || after === '' ? '' : '?'})${before}`;
  const regex = compilePythonRegex(pattern, { dotAll: true });
  return new RegExp(regex.source, `${regex.flags}d`).exec(content.text)?.indices?.groups?.['subsection'];
}
