import { describe, expect, test } from 'vitest';
import { computeMode, formatMode, isMode } from '../../src/modules/shared/file-mode.ts';
import { remotePath } from '../../src/modules/shared/remote-path.ts';
import { parseStatLine } from '../../src/modules/shared/stat-line.ts';

describe('a file mode', () => {
  // Clauses, the mode before, what chmod makes of a file and of a directory under umask 022.
  test.each([
    ['0644', 0o777, '0644', '0644'],
    ['644', 0o777, '0644', '0644'],
    ['0o4755', 0o777, '4755', '4755'],
    ['u=rw,g=r,o=', 0o777, '0640', '0640'],
    ['u+x', 0o644, '0744', '0744'],
    ['a-w', 0o666, '0444', '0444'],
    ['+x', 0o644, '0755', '0755'],
    ['+w', 0o444, '0644', '0644'],
    ['a+X', 0o644, '0644', '0755'],
    ['go=rX', 0o744, '0755', '0755'],
    ['u=rwX,g=u,o=g', 0o600, '0666', '0777'],
    ['u+s,g+s', 0o755, '6755', '6755'],
    ['+t', 0o755, '1755', '1755'],
    ['g=rx', 0o2755, '0755', '2755'],
    ['u=rwx', 0o4644, '0744', '0744'],
    ['u=rw+x', 0o000, '0700', '0700'],
    ['=rw', 0o777, '0644', '0644'],
  ])('%s over %o', (text, mode, file, directory) => {
    const about = { mode, umask: 0o022 };

    expect(formatMode(computeMode(text, { ...about, isDirectory: false }))).toBe(file);
    expect(formatMode(computeMode(text, { ...about, isDirectory: true }))).toBe(directory);
  });

  test.each(['', 'rw', '0888', 'u=z', 'u', '77777', '-rw-r--r--', 'u=rw g=r'])('is not %j', (text) => {
    expect(isMode(text)).toBe(false);
    expect(() => computeMode(text, { mode: 0, umask: 0, isDirectory: false })).toThrow(RangeError);
  });
});

describe('a path of the host', () => {
  test.each([
    ['/etc/hosts', '/etc/hosts'],
    ["a b'c", `'a b'\\''c'`],
    ['~/x y', `~/'x y'`],
    ['~web/x', '~web/x'],
    ['~$(id)/x', `'~$(id)/x'`],
    ['$HOME/a', `"\${HOME-\\$HOME}"/a`],
    ['$lower', `'$lower'`],
    ['$(id)', `'$(id)'`],
  ])('%s is the word %s', (path, word) => {
    expect(remotePath(path)).toBe(word);
  });

  test('holds no NUL', () => {
    expect(() => remotePath('a\0b')).toThrow(RangeError);
  });
});

describe('a line about a file', () => {
  test('is read from ls where there is no stat', () => {
    expect(parseStatLine('ls:-rwsr-Sr-t:2:0:34:1234')).toMatchObject({
      type: 'file',
      mode: 0o7745,
      uid: 0,
      gid: 34,
      nlink: 2,
      size: 1234,
    });
    expect(parseStatLine('ls:drwxr-x--T+:2:0:0:4096')).toMatchObject({ type: 'directory', mode: 0o1750 });
  });

  test('gives times with their fractions and as the clock shows them', () => {
    const clocks = '2001-09-09 03:46:40.250000000 +0200';
    const line = `81a4:0:0:5:65024:7:1:1000000000:1000000000:1000000000:8:4096:0:0:root:domain users:${clocks}:${clocks}:${clocks}`;

    expect(parseStatLine(line)).toMatchObject({
      mtime: 1000000000.25,
      mtimeText: '2001-09-09 03:46:40',
      group: 'domain users',
    });
  });

  test('is nothing else', () => {
    expect(parseStatLine('')).toBeUndefined();
    expect(parseStatLine('stat: cannot stat')).toBeUndefined();
  });
});
