import type { Value } from '../../model/value.ts';
import { formatMode } from './file-mode.ts';
import type { FileState } from './file-state.ts';
import type { StatFields } from './stat-line.ts';

const permissionNames = ['rusr', 'wusr', 'xusr', 'rgrp', 'wgrp', 'xgrp', 'roth', 'woth', 'xoth'] as const;

/** The `stat` mapping that Ansible's modules return of a path that is there. */
export function statFields(path: string, state: FileState, stat: StatFields): Record<string, Value> {
  const permissions = permissionNames.map(
    (name, index) => [name, (stat.mode & (0o400 >> index)) !== 0] as const,
  );
  return {
    exists: true,
    path,
    mode: formatMode(stat.mode),
    isdir: stat.type === 'directory',
    ischr: stat.type === 'char',
    isblk: stat.type === 'block',
    isreg: stat.type === 'file',
    isfifo: stat.type === 'fifo',
    islnk: stat.type === 'link',
    issock: stat.type === 'socket',
    uid: stat.uid,
    gid: stat.gid,
    size: stat.size,
    inode: stat.inode,
    dev: stat.dev,
    nlink: stat.nlink,
    atime: stat.atime,
    mtime: stat.mtime,
    ctime: stat.ctime,
    ...Object.fromEntries(permissions),
    isuid: (stat.mode & 0o4000) !== 0,
    isgid: (stat.mode & 0o2000) !== 0,
    blocks: stat.blocks,
    block_size: stat.blockSize,
    device_type: stat.deviceType,
    readable: state.readable,
    writeable: state.writable,
    executable: state.executable,
    pw_name: stat.owner,
    gr_name: stat.group,
    ...(state.link === undefined ? {} : { lnk_source: state.link.source, lnk_target: state.link.target }),
  };
}
