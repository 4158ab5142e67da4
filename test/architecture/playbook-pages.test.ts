import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../../playbooks', import.meta.url));
const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const files = readdirSync(folder);
const pages = files.filter((name) => name.endsWith('.md') && name !== 'README.md');
const index = read('README.md');

/** The texts of all fenced blocks of a language. */
function blocksOf(page: string, language: string): string[] {
  const fenced = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm');
  return [...page.matchAll(fenced)].map(([, text]) => text ?? '');
}

describe.each(pages)('the page playbooks/%s', (name) => {
  const page = read(name);

  it('quotes its playbook as it is, beside the idea in Python and what it prints', () => {
    expect(blocksOf(page, 'yaml')).toEqual([read(name.replace(/\.md$/, '.yml'))]);
    expect(blocksOf(page, 'python')).toHaveLength(1);
    const [printed = ''] = blocksOf(page, 'text');
    expect(printed).toContain('RECAP');
    // Every step that it shows is one that the playbook names.
    const playbook = read(name.replace(/\.md$/, '.yml'));
    for (const [, play] of printed.matchAll(/^PLAY (.+?) {2}/gm)) expect(playbook).toContain(`${play}`);
  });

  it('links to files that are there', () => {
    for (const [, target = ''] of page.matchAll(/\]\(([^)]+)\)/g))
      expect(existsSync(join(folder, target)), target).toBe(true);
  });

  it('is in the index', () => {
    expect(index).toContain(`(${name})`);
  });
});

describe('the index of playbooks', () => {
  it('names every playbook, and nothing that is not there', () => {
    const linked = [...index.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target ?? '');
    expect(linked.filter((target) => !existsSync(join(folder, target)))).toEqual([]);
    const playbooks = files.filter((name) => name.endsWith('.yml'));
    expect(playbooks.filter((name) => !linked.includes(name))).toEqual([]);
  });
});
