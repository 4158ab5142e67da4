import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleetAvailable } from '../support/fleet.ts';
import { type FleetProject, outcomesOf, readRunLines, startFleetProject } from '../support/fleet-project.ts';

const why = fleetAvailable() ?? (existsSync('/usr/bin/python3') ? undefined : 'python3 is not installed');

/** Writes a file, says whether a text stands in the command line of any process, and answers in many ways. */
const mark = `#!/usr/bin/python
import glob
import os
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.words import shout


def seen_in_arguments(text):
    for path in glob.glob('/proc/[0-9]*/cmdline'):
        try:
            with open(path, 'rb') as source:
                if text.encode() in source.read():
                    return True
        except OSError:
            continue
    return False


def main():
    module = AnsibleModule(
        argument_spec=dict(
            path=dict(type='path', required=True, aliases=['dest']),
            times=dict(type='int', default=1),
            kind=dict(choices=['a', 'b'], default='a'),
            secret=dict(no_log=True),
            parts=dict(type='list', elements='dict', options=dict(size=dict(type='int', required=True))),
        ),
        add_file_common_args=True, supports_check_mode=True, required_if=[('kind', 'b', ('secret',))])
    params = module.params
    changed = not os.path.exists(params['path'])
    if changed and not module.check_mode:
        with open(params['path'], 'w') as target:
            target.write(shout('x') * params['times'])
    if os.path.exists(params['path']):
        changed = module.set_fs_attributes_if_different(module.load_file_common_arguments(params), changed)
    secret = params['secret'] or 'there is none'
    rc, out, err = module.run_command(['sh', '-c', 'cat; echo "$WORD" >&2; exit 3'], data='in',
                                      environ_update={'WORD': 'out'})
    module.exit_json(changed=changed, parts=params['parts'], seen=seen_in_arguments(secret), echo=secret,
                     ran=[rc, out, err], ansible_facts=dict(marked=params['path'], ansible_mark='m'))


if __name__ == '__main__':
    main()
`;

const files: Readonly<Record<string, string>> = {
  'library/mark.py': mark,
  'library/plain':
    '#!/bin/sh\n# WANT_JSON\necho noise\nm=$(stat -c %a "$1")\nprintf \'{"changed": true, "mode": "%s", "given": %s}\\n\' "$m" "$(cat "$1")"\necho more\n',
  'library/old.sh': '#!/usr/bin/env sh\n. "$1"\necho "{\\"changed\\": false, \\"got\\": \\"$a/$b\\"}"\n',
  'library/broken.py':
    "from ansible.module_utils.basic import AnsibleModule\nraise ValueError('broken here')\n",
  'library/timid.py':
    'from ansible.module_utils.basic import AnsibleModule\nAnsibleModule({}).exit_json(changed=True)\n',
  'module_utils/words.py': 'def shout(text):\n    return text.upper()\n',
  'collections/ansible_collections/some/tools/plugins/module_utils/up.py':
    'def up(s):\n    return s.upper()\n',
  'collections/ansible_collections/some/tools/plugins/modules/say.py':
    "from ansible.module_utils.basic import AnsibleModule\nfrom ..module_utils.up import up\nm = AnsibleModule({'text': {}})\nm.exit_json(said=up(m.params['text']))\n",
};

describe.skipIf(why !== undefined)('modules that a project brings', () => {
  let project: FleetProject;
  beforeAll(async () => {
    project = await startFleetProject({ count: 1 }, (fleet) => fleet.inventoryYaml());
    for (const [name, text] of Object.entries(files)) await project.write(name, text);
  });
  afterAll(() => project?.fleet.stop());

  async function apply(hosts: string, tasks: string, ...args: string[]) {
    const name = await project.write(
      'site.yml',
      `- hosts: ${hosts}\n  gather_facts: false\n  tasks:\n${tasks.trim().replace(/^/gm, '    ')}\n`,
    );
    const result = await project.run([
      'apply',
      name,
      '-i',
      'inventory.yml',
      '--output',
      'jsonl',
      '-e',
      `folder=${project.fleet.root}`,
      ...args,
    ]);
    return { ...result, events: result.stdout.startsWith('{') ? readRunLines(result.stdout) : [] };
  }

  it.each(['h1', 'localhost'])('run on %s with all that their spec says', async (host) => {
    const { code, stdout, stderr } = await apply(
      host,
      `
- mark: dest=~/mark-${host} times=3 mode=u=rw,go= kind=b secret=hush-5521
  register: first
- mark: {path: ~/mark-${host}, mode: "0600", parts: [{size: "4"}]}
  register: second
- assert:
    that:
      - first is changed and second is not changed
      - not first.seen
      - "'hush' not in first.echo"
      - first.ran == [3, 'in\\n', 'out\\n']
      - second.parts[0].size == 4
      - marked == ansible_facts.marked and ansible_mark == 'm'
- stat: {path: ~/mark-${host}}
  register: file
- assert: {that: [file.stat.mode == '0600', file.stat.size == 3]}
- some.tools.say: {text: quiet}
  register: said
- plain: {a: [1, {b: two}]}
  register: plain
- old: a=1 b="two words"
  register: old
- assert:
    that:
      - said.said == 'QUIET'
      - plain is changed and plain.given.a[1].b == 'two'
      - plain.mode == '600'
      - old.got == '1/two words'
`,
    );

    expect(code, stdout + stderr).toBe(0);
    expect(stdout).not.toContain('hush-5521');
  });

  it('fail with what is wrong of their parameters, or with what they said last', async () => {
    const { code, stdout } = await apply(
      'h1',
      `
- mark: {times: x, path: /x}
  ignore_errors: true
- mark: {kind: c, path: /x}
  ignore_errors: true
- mark: {kind: b, path: /x}
  ignore_errors: true
- mark: {paht: /x}
  ignore_errors: true
- mark: {path: /x, parts: [{}]}
  ignore_errors: true
- mark: {path: /x, other: 1}
  ignore_errors: true
- old: {a: 1}
  vars: {ansible_sh_interpreter: /no/such/shell}
  ignore_errors: true
- broken:
`,
    );

    expect(code).toBe(2);
    for (const text of [
      "argument 'times' is of type str and we were unable to convert to int",
      'value of kind must be one of: a, b, got: c',
      'kind is b but all of the following are missing: secret',
      'missing required arguments: path',
      'missing required arguments: size found in parts',
      'Unsupported parameters: other',
      'MODULE FAILURE: the module library/old.sh printed no result',
      'MODULE FAILURE: the module library/broken.py printed no result: ValueError: broken here',
    ])
      expect(stdout).toContain(text);
  });

  it('tell nothing of themselves under no_log', async () => {
    const { code, stdout } = await apply(
      'h1',
      `
- mark: {path: /proc/no-such/hush-7788, secret: x}
  no_log: true
  ignore_errors: true
- plain: {word: hush-7788}
  no_log: true
`,
    );

    expect(code).toBe(0);
    expect(stdout).not.toContain('hush-7788');
  });

  it('run in check mode only where they know of it', async () => {
    const { code, events } = await apply(
      'h1',
      `
- mark: {path: ~/never}
- timid:
- plain: {a: 1}
- stat: {path: ~/never}
  register: file
- assert: {that: not file.stat.exists}
`,
      '--check',
    );

    expect(code).toBe(0);
    expect(['mark', 'timid', 'plain'].map((step) => outcomesOf(events, step)['h1'])).toEqual([
      'changed',
      'skipped',
      'skipped',
    ]);
  });

  it('need a Python of their host, and say so where there is none', async () => {
    const { code, stdout } = await apply(
      'h1',
      '- timid:\n  vars: {ansible_python_interpreter: /no/such/python}\n',
    );

    expect(code).toBe(2);
    expect(stdout).toContain('/no/such/python');
  });
});
