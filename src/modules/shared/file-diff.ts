import { isUtf8 } from 'node:buffer';
import type { Diff } from '../../model/module.ts';
import type { AttributeChange, Attributes } from './file-attributes.ts';
import { formatMode } from './file-mode.ts';

/** Content above this size is not shown in a diff. */
export const diffLimitBytes = 100 * 1024;

/** The difference of two contents. Content that is no text, or too long to be read, is named by its size alone. */
export function contentDiff(path: string, before: Content | undefined, after: Content | undefined): Diff {
  const headers = {
    beforeHeader: before === undefined ? `${path} (absent)` : path,
    afterHeader: after === undefined ? `${path} (absent)` : path,
  };
  const opaque = [before, after].some((side) => side !== undefined && describeOpaque(side) !== undefined);
  const show = (side: Content | undefined) => {
    if (side === undefined) return '';
    return opaque
      ? `${describeOpaque(side) ?? `(text, ${side.size} bytes)`}\n`
      : (side.bytes?.toString('utf8') ?? '');
  };
  return { before: show(before), after: show(after), ...headers };
}

/** Content whose bytes may not have been fetched. */
export interface Content {
  readonly size: number;
  readonly bytes?: Buffer | undefined;
}

function describeOpaque({ size, bytes }: Content): string | undefined {
  if (bytes !== undefined && (bytes.includes(0) || !isUtf8(bytes))) return `(binary, ${size} bytes)`;
  if (size > diffLimitBytes) return `(longer than 100 KB: ${size} bytes)`;
  return bytes === undefined ? `(not read, ${size} bytes)` : undefined;
}

/** The difference of mode, owner and group as lines of text; undefined where they stay. */
export function attributeDiff(path: string, change: AttributeChange): Diff | undefined {
  const { before, after } = change;
  if (before === undefined || (!change.modeChanges && change.chown === '')) return undefined;
  const lines = (side: Attributes) => {
    const shown: string[] = [];
    if (before.owner !== after.owner) shown.push(`owner: ${side.owner ?? ''}`);
    if (before.group !== after.group) shown.push(`group: ${side.group ?? ''}`);
    if (before.mode !== after.mode) shown.push(`mode: '${formatMode(side.mode)}'`);
    return `${shown.join('\n')}\n`;
  };
  const header = `${path} (attributes)`;
  return { before: lines(before), after: lines(after), beforeHeader: header, afterHeader: header };
}
