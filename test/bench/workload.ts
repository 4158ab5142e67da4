import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Ten steps of the kind that deployments are made of: directories, files, templates, a line, links, a command. */
export const playbookText = `name: Bench
hosts: all
gather_facts: false
vars: {root: app, version: 1.4.2}
steps:
  - {name: release directory, file: {path: "{{ root }}/releases/{{ version }}", state: directory, mode: "0755"}}
  - {name: shared directory, file: {path: "{{ root }}/shared", state: directory, mode: "0750"}}
  - {name: motd, copy: {content: "welcome to {{ inventory_hostname }}\\n", dest: "{{ root }}/motd", mode: "0644"}}
  - {name: payload, copy: {src: payload.txt, dest: "{{ root }}/releases/{{ version }}/payload.txt", mode: "0644"}}
  - {name: config, template: {src: app.conf.j2, dest: "{{ root }}/shared/app.conf", mode: "0640"}}
  - {name: env, template: {src: env.j2, dest: "{{ root }}/shared/env", mode: "0600"}}
  - {name: setting, lineinfile: {path: "{{ root }}/shared/settings", regexp: "^PORT=", line: "PORT=8080", create: true, mode: "0644"}}
  - {name: current, file: {src: "releases/{{ version }}", dest: "{{ root }}/current", state: link}}
  - {name: version file, copy: {content: "{{ version }}", dest: "{{ root }}/VERSION"}}
  - {name: look, command: cat app/VERSION, changed_when: false}
`;

const configTemplate =
  'name {{ inventory_hostname }}\nversion {{ version }}\n{% for i in range(20) %}\nworker {{ i }}\n{% endfor %}\n';
const payload = `${'0123456789abcdef'.repeat(64)}\n`.repeat(8);

/** Writes the playbook with its files into a folder. */
export async function writePlaybook(folder: string): Promise<string> {
  await mkdir(join(folder, 'files'), { recursive: true });
  await mkdir(join(folder, 'templates'), { recursive: true });
  await writeFile(join(folder, 'files', 'payload.txt'), payload);
  await writeFile(join(folder, 'templates', 'app.conf.j2'), configTemplate);
  await writeFile(join(folder, 'templates', 'env.j2'), 'HOST={{ inventory_hostname }}\n');
  const file = join(folder, 'bench.yml');
  await writeFile(file, playbookText);
  return file;
}

/**
 * The same changes as a careful engineer's shell script would make them on one host: it looks before it changes, writes
 * to a temporary name, sets the mode and renames.
 */
export function handWrittenScript(host: string): string {
  const workers = Array.from({ length: 20 }, (_, index) => `worker ${index}`).join('\n');
  const lines = [
    'set -eu',
    'put() { # put MODE DEST: standard input becomes DEST',
    '  mode=$1 dest=$2 tmp=$2.tmp.$$',
    '  (umask 077; cat > "$tmp")',
    '  if [ -f "$dest" ] && cmp -s "$tmp" "$dest" && [ "$(stat -c %a "$dest")" = "$mode" ]; then rm -f "$tmp"; return; fi',
    '  chmod "$mode" "$tmp"; mv -f "$tmp" "$dest"; changed=$((changed + 1))',
    '}',
    'dir() { # dir MODE PATH',
    '  if [ -d "$2" ] && [ "$(stat -c %a "$2")" = "$1" ]; then return; fi',
    '  mkdir -p "$2"; chmod "$1" "$2"; changed=$((changed + 1))',
    '}',
    'changed=0',
    'dir 755 app/releases/1.4.2',
    'dir 750 app/shared',
    `put 644 app/motd <<'EOF'\nwelcome to ${host}\nEOF`,
    `put 644 app/releases/1.4.2/payload.txt <<'EOF'\n${payload}EOF`,
    `put 640 app/shared/app.conf <<'EOF'\nname ${host}\nversion 1.4.2\n${workers}\nEOF`,
    `put 600 app/shared/env <<'EOF'\nHOST=${host}\nEOF`,
    "if ! grep -qx 'PORT=8080' app/shared/settings 2>/dev/null; then",
    "  { grep -v '^PORT=' app/shared/settings 2>/dev/null || :; echo PORT=8080; } | put 644 app/shared/settings",
    'fi',
    'if [ "$(readlink app/current 2>/dev/null)" != releases/1.4.2 ]; then ln -sfn releases/1.4.2 app/current; changed=$((changed + 1)); fi',
    'printf 1.4.2 | put 644 app/VERSION',
    'cat app/VERSION >/dev/null',
    'echo "changed=$changed"',
  ];
  return `${lines.join('\n')}\n`;
}
