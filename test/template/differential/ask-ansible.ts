// Writes what the installed Ansible answers to every case: npx tsx test/template/differential/ask-ansible.ts
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { caseGroups, caseLoader, caseName, valuesAsJson } from './cases.ts';

const cases = Object.values(caseGroups).flat();
const oracle = fileURLToPath(new URL('ansible-oracle.py', import.meta.url));
const asked = spawnSync('/usr/bin/python3', [oracle], {
  input: JSON.stringify({ cases, values: valuesAsJson(), loader: caseLoader }),
  encoding: 'utf8',
  env: {
    PATH: process.env['PATH'],
    TZ: 'UTC',
    ANSIBLE_DEPRECATION_WARNINGS: 'False',
    ANSIBLE_JINJA2_EXTENSIONS: 'jinja2.ext.do,jinja2.ext.loopcontrols',
    LC_ALL: 'C.UTF-8',
  },
  maxBuffer: 256 * 1024 * 1024,
  timeout: 600_000,
});
if (asked.status !== 0) throw new Error(asked.stderr);
// The oracle answers with one entry for each case, in their order.
const answers = JSON.parse(asked.stdout) as readonly unknown[];
const lines = new Map(cases.map((one, index) => [caseName(one), answers[index]]));
const text = [...lines]
  .map(([name, answer]) => `${JSON.stringify(name)}: ${JSON.stringify(answer)}`)
  .join(',\n');
writeFileSync(new URL('answers.json', import.meta.url), `{\n${text}\n}\n`);
process.stdout.write(`${lines.size} answers\n`);
