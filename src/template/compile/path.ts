import type { Expression } from '../syntax/ast.ts';

/** How the template reads a value, for messages: `server.port`, `list[0]`. */
export function pathOf(e: Expression): string {
  switch (e.kind) {
    case 'name':
      return e.name;
    case 'attribute':
      return `${pathOf(e.target)}.${e.name}`;
    case 'item':
      if (e.key.kind !== 'literal') return `${pathOf(e.target)}[…]`;
      return typeof e.key.value === 'string' && /^[\w-]+$/.test(e.key.value)
        ? `${pathOf(e.target)}.${e.key.value}`
        : `${pathOf(e.target)}[${JSON.stringify(String(e.key.value))}]`;
    case 'call':
      return `${pathOf(e.target)}()`;
    case 'filter':
      return e.target === undefined ? e.name : `(${pathOf(e.target)} | ${e.name})`;
    default:
      return '(…)';
  }
}
