import { formatDuration } from '../lib/duration.ts';

/**
 * What kind of thing is waited for: an event that steps set or that is set from outside, a lock, semaphore or pool
 * (`limit`), one that another run holds (`elsewhere`), hosts at a barrier, room in a queue (`put`), an item (`get`), a queue to be worked off (`join`), the end of
 * steps (`steps`).
 */
export type WaitKind =
  | 'event'
  | 'external'
  | 'limit'
  | 'elsewhere'
  | 'barrier'
  | 'put'
  | 'get'
  | 'join'
  | 'steps';

const shownHolders = 3;

/** A wait in words: `lock "schema", held by step "migrate" on db1, 12.0 s`. Times below a second are left out. */
export function waitText(what: string, kind: WaitKind, holders: readonly string[], waitedMs = 0): string {
  const time = waitedMs >= 1_000 ? `, ${formatDuration(waitedMs)}` : '';
  return `${what}${holdersText(kind, holders)}${time}`;
}

function holdersText(kind: WaitKind, holders: readonly string[]): string {
  if (kind === 'external') return ', which is set from outside';
  if (holders.length === 0) return '';
  const more = holders.length > shownHolders ? ` and ${holders.length - shownHolders} more` : '';
  const names = `${holders.slice(0, shownHolders).join(', ')}${more}`;
  switch (kind) {
    case 'limit':
    case 'elsewhere':
      return `, held by ${names}`;
    case 'event':
      return `, to be set by ${names}`;
    case 'barrier':
      return `, where ${names} ${holders.length === 1 ? 'is' : 'are'} missing`;
    case 'put':
    case 'join':
      return `, worked off by ${names}`;
    case 'get':
      return `, filled by ${names}`;
    case 'steps':
      return '';
  }
}
