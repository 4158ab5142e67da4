import type { Selection } from '../model/run-options.ts';

/** Says whether a step with these tags (its own and inherited ones) is to run. */
export type TagFilter = (tags: readonly string[]) => boolean;

/**
 * The filter of `--tags` and `--skip-tags`, with the special tags: a step tagged `always` runs unless that tag is
 * skipped, one tagged `never` only when one of its tags is asked for; `all`, `tagged` and `untagged` ask for kinds of steps.
 */
export function tagFilter(selection: Pick<Selection, 'tags' | 'skipTags'>): TagFilter {
  const only = new Set(selection.tags.length === 0 ? ['all'] : selection.tags);
  const skip = new Set(selection.skipTags);
  return (written) => {
    const isTagged = written.length > 0;
    const tags = isTagged ? written : ['untagged'];
    return isAskedFor(tags, isTagged, only) && !isSkipped(tags, isTagged, skip);
  };
}

function isAskedFor(tags: readonly string[], isTagged: boolean, only: ReadonlySet<string>): boolean {
  if (tags.includes('always') || tags.some((tag) => only.has(tag))) return true;
  if (tags.includes('never')) return false;
  return only.has('all') || (isTagged && only.has('tagged'));
}

function isSkipped(tags: readonly string[], isTagged: boolean, skip: ReadonlySet<string>): boolean {
  if (tags.some((tag) => skip.has(tag))) return true;
  if (skip.has('all')) return !tags.includes('always');
  return isTagged && skip.has('tagged');
}
