import { toJsonSchema } from '../../src/validate/json-schema-type.ts';
import { isKeywordOf, keywordShape } from '../../src/validate/keyword-kinds.ts';
import { rootKeywords } from '../../src/validate/play-keywords.ts';
import { type KeywordKind, unavailableKeywords } from '../../src/validate/unavailable-keywords.ts';
import { markdownTable, typeWords } from './markdown-table.ts';

/** The reference of all keywords in Markdown. */
export function keywordReference(): string {
  const own = (key: string) => Object.hasOwn(rootKeywords, key);
  const parts = [
    '# Keywords',
    'Written by `npm run gen` from the schemas that `runbook validate` checks playbooks by.',
    '## At the root of a native playbook',
    'A playbook of one play has the keywords of that play at its root; one of several has them in the list `plays`.',
    tableOf('root', own),
    '## On a play',
    tableOf('play'),
    '## On a step',
    'A step has exactly one module or is a block; a step with `wait`, `set`, `clear` or `barrier` may do without.',
    tableOf('step'),
    '## On a handler',
    'Those of a step, and:',
    tableOf('handler', (key) => !isKeywordOf('step', key)),
    '## On a block',
    tableOf('block'),
    '## On an import',
    'A step that names a task file or a role to be read before the run. Those of a block but `block`, `rescue`, `always`, ' +
      '`consume` and `repeat`, and:',
    tableOf('import', (key) => !isKeywordOf('block', key)),
    '## On an entry of roles',
    'Those of an import, and the following. Any other key is a parameter of the role.',
    tableOf('role', (key) => key === 'role' || key === 'name'),
    '## Not available in this version',
    Object.keys(unavailableKeywords)
      .filter((key) => !['lock', 'semaphore'].includes(key))
      .map((key) => `\`${key}\``)
      .join(', '),
    '`lock` and `semaphore` on a play.',
  ];
  return `${parts.join('\n\n')}\n`;
}

function tableOf(kind: KeywordKind, keep: (key: string) => boolean = () => true): string {
  const rows = Object.entries(keywordShape(kind))
    .filter(([key]) => keep(key))
    .map(([key, schema]) => {
      const json = toJsonSchema(schema);
      return [`\`${key}\``, typeWords(json), String(json['description'] ?? '')];
    });
  return markdownTable(['Keyword', 'Takes', 'Meaning'], rows);
}
