import { describe, expect, it } from 'vitest';
import { plainCommand } from '../../src/remote/plain-command.ts';

describe('a script that only names a program', () => {
  it.each([
    ['uptime', ['uptime']],
    ['  systemctl   restart nginx.service ', ['systemctl', 'restart', 'nginx.service']],
    ['/usr/bin/id -u --name', ['/usr/bin/id', '-u', '--name']],
    ['dd if=/dev/zero of=x@1 bs=1k,2', ['dd', 'if=/dev/zero', 'of=x@1', 'bs=1k,2']],
  ])('%j is its words', (script, words) => {
    expect(plainCommand(script)).toEqual(words);
  });

  it.each([
    '',
    'echo hi',
    'exit 3',
    'if',
    '. ./file',
    'cd /tmp',
    'A=1 uptime',
    '-x',
    '~/bin/x',
    'ls ~',
    'ls *',
    'ls $HOME',
    'ls "a b"',
    "ls 'a'",
    'ls a\\ b',
    'a; b',
    'a && b',
    'a | b',
    'a > b',
    'a # b',
    'a\nb',
    'a\tb',
    'a\r',
    'which a',
    '{ a',
    '! a',
    'a {b,c}',
    'a `b`',
    'ls [a]',
  ])('%j is left to a shell', (script) => {
    expect(plainCommand(script)).toBeUndefined();
  });
});
