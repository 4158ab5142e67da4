import type { Statement } from './ast.ts';
import { walkStatements } from './walk.ts';

/** Whether a name is read anywhere in statements. What an included template reads does not count. */
export function readsName(statements: readonly Statement[], name: string): boolean {
  let found = false;
  walkStatements(statements, (e) => {
    if (e.kind === 'name' && e.name === name) found = true;
  });
  return found;
}

/** Whether statements hold a block that sees the names around it. */
export function holdsScopedBlock(statements: readonly Statement[]): boolean {
  let found = false;
  walkStatements(
    statements,
    () => undefined,
    (s) => {
      if (s.kind === 'block' && s.scoped) found = true;
    },
  );
  return found;
}

/**
 * Whether statements may call one of the methods named: by name, by a call of something looked up by a computed key, or
 * in another template that they run.
 */
export function mayCallMethod(statements: readonly Statement[], methods: ReadonlySet<string>): boolean {
  let found = false;
  walkStatements(
    statements,
    (e) => {
      if (e.kind === 'attribute' && methods.has(e.name)) found = true;
      if (e.kind === 'call' && e.target.kind !== 'attribute' && e.target.kind !== 'name') found = true;
      if (e.kind === 'literal' && typeof e.value === 'string' && methods.has(e.value)) found = true;
      if (e.kind === 'filter' && e.name === 'attr') found = true;
    },
    (s) => {
      if (s.kind === 'include' || s.kind === 'import' || s.kind === 'extends') found = true;
    },
  );
  return found;
}
