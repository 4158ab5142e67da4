/** What `stat` tells of a file. Times are seconds since the epoch. */
export interface StatFields {
  readonly type: FileType;
  /** Permission bits, 12 of them. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly owner: string;
  readonly group: string;
  readonly size: number;
  readonly dev: number;
  readonly inode: number;
  readonly nlink: number;
  readonly atime: number;
  readonly mtime: number;
  readonly ctime: number;
  /** Access and modification time as the host's clock shows them, `2026-01-31 23:59:59`; empty where not known. */
  readonly atimeText: string;
  readonly mtimeText: string;
  readonly blocks: number;
  readonly blockSize: number;
  /** Of a device: its major and minor numbers in one, as in `st_rdev`. */
  readonly deviceType: number;
}

/** What is known of a path before anything is: a base for what a step would make there. */
export const blankStat: StatFields = {
  type: 'file',
  mode: 0,
  uid: 0,
  gid: 0,
  owner: '',
  group: '',
  size: 0,
  dev: 0,
  inode: 0,
  nlink: 1,
  atime: 0,
  mtime: 0,
  ctime: 0,
  atimeText: '',
  mtimeText: '',
  blocks: 0,
  blockSize: 0,
  deviceType: 0,
};

/** The kinds of file there are. */
export type FileType = 'file' | 'directory' | 'link' | 'block' | 'char' | 'fifo' | 'socket';

const typesByBits: Readonly<Record<number, FileType>> = {
  1: 'fifo',
  2: 'char',
  4: 'directory',
  6: 'block',
  8: 'file',
  10: 'link',
  12: 'socket',
};
const typesByLetter: Readonly<Record<string, FileType>> = {
  p: 'fifo',
  c: 'char',
  d: 'directory',
  b: 'block',
  '-': 'file',
  l: 'link',
  s: 'socket',
};

/** Reads a line in the format of `rb_format` in the shell library, or of its fallback `ls`. Undefined: it is neither. */
export function parseStatLine(line: string): StatFields | undefined {
  if (line.startsWith('ls:')) return parseListLine(line);
  const fields = line.split(':');
  const [raw = '', uid, gid, size, dev, inode, nlink, atime, mtime, ctime, blocks, blockSize] = fields;
  const type = typesByBits[Number.parseInt(raw, 16) >> 12];
  if (fields.length < 16 || type === undefined) return undefined;
  const [major = '0', minor = '0', owner = '', group = ''] = fields.slice(12);
  const clocks = fields.slice(16).join(':');
  const fractions = clocks.match(/\.\d+(?= [-+]\d{4})/g);
  const texts = clocks.match(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g) ?? [];
  const second = (whole: string | undefined, index: number) =>
    Number(`${whole ?? 0}${fractions?.length === 3 ? fractions[index] : ''}`);
  return {
    type,
    mode: Number.parseInt(raw, 16) & 0o7777,
    uid: Number(uid),
    gid: Number(gid),
    owner,
    group,
    size: Number(size),
    dev: Number(dev),
    inode: Number(inode),
    nlink: Number(nlink),
    atime: second(atime, 0),
    mtime: second(mtime, 1),
    ctime: second(ctime, 2),
    atimeText: texts[0] ?? '',
    mtimeText: texts[1] ?? '',
    blocks: Number(blocks),
    blockSize: Number(blockSize),
    deviceType: deviceNumber(Number.parseInt(major, 16), Number.parseInt(minor, 16)),
  };
}

/** `st_rdev` as Linux encodes it, within 32 bits. */
function deviceNumber(major: number, minor: number): number {
  return (minor & 0xff) + (major & 0xfff) * 0x100 + (minor >>> 8) * 0x100000;
}

/** `ls:-rw-r--r--:1:0:0:2`: the little that `ls -ldn` tells where there is no `stat`. Names and times are not known. */
function parseListLine(line: string): StatFields | undefined {
  const [, letters = '', nlink = '', uid = '', gid = '', size = ''] = line.split(':');
  const type = typesByLetter[letters.charAt(0)];
  if (type === undefined || letters.length < 10) return undefined;
  return {
    ...blankStat,
    type,
    mode: modeOfLetters(letters),
    uid: Number(uid),
    gid: Number(gid),
    owner: uid,
    group: gid,
    size: Number.parseInt(size, 10) || 0,
    nlink: Number(nlink),
  };
}

function modeOfLetters(letters: string): number {
  let mode = 0;
  for (let index = 0; index < 9; index++) {
    const letter = letters.charAt(index + 1);
    if (/[rwxst]/.test(letter)) mode |= 0o400 >> index;
    if (/[sStT]/.test(letter)) mode |= 0o4000 >> ((index - 2) / 3);
  }
  return mode;
}
