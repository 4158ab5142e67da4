import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../src/model/host.ts';
import { pythonBundle } from '../../../src/modules/library/bundle.ts';
import { interpreterVariable, moduleKind } from '../../../src/modules/library/module-kind.ts';
import { moduleResult } from '../../../src/modules/library/module-result.ts';

function reply(stdout: string, stderr = '', rc = 0): Reply {
  const output = (text: string) => ({ bytes: Buffer.from(text), size: Buffer.byteLength(text) });
  return { rc, stdout: output(stdout), stderr: output(stderr) };
}

describe('the kind of a module of the project', () => {
  it.each([
    ['from ansible.module_utils.basic import AnsibleModule\n', { type: 'python' }],
    ['#!/usr/bin/python\n#<<INCLUDE_ANSIBLE_MODULE_COMMON>>\n', { type: 'python' }],
    ['from ..module_utils.x import y\n', { type: 'python' }],
    [
      '#!/bin/sh\n# WANT_JSON\n',
      { type: 'program', args: 'json', interpreter: ['/bin/sh'], heedsCheckMode: false },
    ],
    ['#!/usr/bin/env ruby\n_ansible_check_mode', { type: 'program', args: 'words', heedsCheckMode: true }],
    ['\x7fELF\x01\x00', { type: 'program', args: 'json', interpreter: undefined }],
    ['echo no line', { type: 'unusable' }],
    ['#Requires -Module Ansible.ModuleUtils.Legacy\n', { type: 'unusable' }],
  ])('of %j is told by its content', (text, kind) => {
    expect(moduleKind(Buffer.from(text, 'latin1'))).toMatchObject(kind);
  });

  it('names the variable of its interpreter', () => {
    expect(interpreterVariable(['/usr/bin/env', 'ruby'])).toBe('ansible_ruby_interpreter');
    expect(interpreterVariable(['/usr/bin/python3.9', '-u'])).toBe('ansible_python_interpreter');
  });
});

describe('the result of a module of the project', () => {
  it('is the JSON between lines of noise', () => {
    const printed = 'hello\n{"changed": true, "msg": "done", "rc": 0, "n": [NaN],\n "invocation": {}}\nbye\n';

    expect(moduleResult(reply(printed), 'library/x', 0)).toMatchObject({
      changed: true,
      msg: 'done',
      rc: 0,
      fields: { n: [null] },
    });
    expect(moduleResult(reply(printed), 'library/x', 0).fields).not.toHaveProperty('invocation');
  });

  it('takes facts, differences and a message that is no text', () => {
    const printed = JSON.stringify({
      msg: [1],
      diff: { before: { a: 1 }, after: 'x', before_header: 'h' },
      ansible_facts: { a: 1 },
    });

    expect(moduleResult(reply(printed), 'library/x', 0)).toMatchObject({
      msg: '[1]',
      diff: { before: '{\n    "a": 1\n}\n', after: 'x', beforeHeader: 'h' },
      facts: { kind: 'returned', values: { a: 1 } },
      fields: { msg: [1] },
    });
  });

  it('is a failure that tells the last words of a module that printed none', () => {
    expect(moduleResult(reply('oops', 'Traceback:\nValueError: bad\n', 1), 'library/x', 0)).toMatchObject({
      failed: true,
      rc: 1,
      msg: 'MODULE FAILURE: the module library/x printed no result: ValueError: bad',
      fields: { module_stdout: 'oops', module_stderr: 'Traceback:\nValueError: bad\n' },
    });
    expect(moduleResult(reply('{"cut": ', '', 3), 'library/x', 0).msg).toContain('it ended with status 3');
  });
});

describe('the bundle of a module', () => {
  it('has our own files before those of the project, and names its content', () => {
    const module = { name: 'a.b.c', path: '/x', shownPath: 'x', collection: { namespace: 'a', name: 'b' } };
    const source = (text: string) => ({
      content: Buffer.from(text),
      shared: new Map([
        ['ansible/module_utils/basic.py', Buffer.from('not this')],
        ['ansible/module_utils/deep/own.py', Buffer.from('own')],
      ]),
    });
    const bundle = pythonBundle(module, source('one'));
    const files: unknown = JSON.parse(gunzipSync(bundle.bytes).toString('utf8'));

    expect(files).toMatchObject({
      'ansible/module_utils/deep/own.py': 'own',
      'ansible/module_utils/deep/__init__.py': '',
      'ansible_collections/a/b/plugins/modules/c.py': 'one',
      'ansible/module_utils/basic.py': expect.stringContaining('class AnsibleModule'),
    });
    expect(pythonBundle(module, source('two')).hash).not.toBe(bundle.hash);
    expect(pythonBundle(module, source('one')).hash).toBe(bundle.hash);
  });
});
