import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the file is that each host's template step makes. */
export const confOf = (host: string): string => `host ${host}\nversion 1.4.2\n`;

/**
 * Writes a playbook with its inventory: on each host a chain of commands and templates, and beside them one host that
 * runs as many commands. Coordinated, each of these sets an event, and each step of the chain waits for the one of its row and
 * takes a semaphore; the steps are the same else.
 */
export async function writeCoordinationBook(
  folder: string,
  { hosts, steps, isHeld }: { readonly hosts: number; readonly steps: number; readonly isHeld: boolean },
): Promise<string> {
  const rows = Array.from({ length: steps }, (_, row) => row);
  const held = (text: string) => (isHeld ? text : '');
  const events = rows.map((row) => `e${row}: {}`).join(', ');
  const work = rows.map((row) => {
    const gates = held(`, wait: e${row}, semaphore: slots`);
    return row % 3 === 2
      ? `      - {id: conf${row}, template: {src: app.conf.j2, dest: /srv/app.conf}${gates}}`
      : `      - {id: run${row}, command: "deploy {{ version }} on {{ inventory_hostname }} ${row}", register: out${gates}}`;
  });
  const text = [
    'name: Coordination',
    'vars: {version: 1.4.2}',
    ...(isHeld ? [`events: {${events}}`, 'semaphores: {slots: 200}'] : []),
    'plays:',
    '  - name: Signals',
    '    hosts: host1',
    '    needs: []',
    '    gather_facts: false',
    '    steps:',
    ...rows.map((row) => `      - {id: signal${row}, command: signal ${row}${held(`, set: e${row}`)}}`),
    '  - name: Work',
    '    hosts: all',
    '    needs: []',
    '    gather_facts: false',
    '    steps:',
    ...work,
  ];
  await mkdir(join(folder, 'templates'), { recursive: true });
  await writeFile(join(folder, 'templates', 'app.conf.j2'), confOf('{{ inventory_hostname }}'));
  await writeFile(join(folder, 'inventory.yml'), `hosts:\n  host[1:${hosts}]: {}\n`);
  const file = join(folder, 'book.yml');
  await writeFile(file, `${text.join('\n')}\n`);
  return file;
}
