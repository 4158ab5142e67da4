import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { caseGroups, caseName } from './cases.ts';
import { isSame, ourAnswer } from './ours.ts';

/** What ansible-core 2.14 answers; `ask-ansible.ts` asks it. */
const answers = JSON.parse(readFileSync(new URL('answers.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, unknown>
>;
const page = readFileSync(new URL('../../../src/template/DIFFERENCES.md', import.meta.url), 'utf8');
/** The cases that the page lists as answered otherwise: its lines `- CASE`. */
const listed = new Set(
  page
    .split('\n')
    .filter((line) => line.startsWith('- '))
    .map((line) => line.slice(2)),
);
const differing = new Set<string>();

describe('expressions and templates beside ansible-core 2.14', () => {
  it.each(Object.entries(caseGroups))(
    'answers as it does, save what the page of differences lists: %s',
    (_group, cases) => {
      const unlisted: unknown[] = [];
      for (const one of cases) {
        const name = caseName(one);
        const ours = ourAnswer(one);
        expect(answers, 'the case was asked').toHaveProperty([name]);
        if (isSame(answers[name], ours)) continue;
        differing.add(caseLine(name));
        if (!listed.has(caseLine(name))) unlisted.push({ case: name, theirs: answers[name], ours });
      }
      expect(unlisted).toEqual([]);
    },
  );

  it('lists no difference that is none', () => {
    expect([...listed].filter((name) => !differing.has(name))).toEqual([]);
  });

  it('agrees on more than 99.4 of 100 of more than 8,000 cases', () => {
    const count = new Set(Object.values(caseGroups).flat().map(caseName)).size;
    expect(count).toBeGreaterThan(8_000);
    expect(differing.size / count).toBeLessThan(0.006);
  });
});

/** A case as a line of the page shows it. */
function caseLine(name: string): string {
  return name.replaceAll('\n', '\\n');
}
