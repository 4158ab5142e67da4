/** Where a keyword stands. */
export type KeywordKind = 'root' | 'play' | 'block' | 'step' | 'handler' | 'import' | 'role';

const everyStep = ['block', 'step', 'handler'] as const;

/**
 * Keywords of the language that this version cannot carry out, and where each would stand. A keyword that `keyword-kinds.ts`
 * knows becomes available when its row is deleted.
 */
export const unavailableKeywords: Readonly<Record<string, readonly KeywordKind[]>> = {
  undo: everyStep,
  include_tasks: everyStep,
  include_role: everyStep,
  include: everyStep,
};

/** Whether a keyword is part of the language, but not of this version. The root of a playbook may be a play. */
export function isUnavailable(keyword: string, kind: KeywordKind): boolean {
  if (!Object.hasOwn(unavailableKeywords, keyword)) return false;
  const kinds = unavailableKeywords[keyword] ?? [];
  return kinds.includes(kind) || (kind === 'root' && kinds.includes('play'));
}
