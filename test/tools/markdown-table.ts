/** A table of Markdown. Bars and line breaks in cells are kept out of its structure. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');
}

/** What a JSON Schema takes, in a few words. */
export function typeWords(schema: Readonly<Record<string, unknown>>): string {
  const { enum: values, const: value, type, anyOf, oneOf, items } = schema;
  if (Array.isArray(values)) return shortList(values.map((one) => `\`${String(one)}\``));
  if (value !== undefined) return `\`${String(value)}\``;
  const branches = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : undefined;
  if (branches !== undefined) return [...new Set(branches.flatMap(branchWords))].join(' or ');
  if (Array.isArray(type)) return type.map((one) => typeWords({ type: one })).join(' or ');
  if (type === 'string' && String(schema['pattern'] ?? '').startsWith('\\{\\{')) return 'template';
  if (type === 'array')
    return isSchema(items) && items['type'] !== undefined ? `list of ${typeWords(items)}` : 'list';
  const words: Record<string, string> = {
    string: 'text',
    object: 'mapping',
    integer: 'whole number',
    null: 'nothing',
  };
  return typeof type === 'string' ? (words[type] ?? type) : 'anything';
}

/** Every spelling of a boolean stands for a boolean. */
function branchWords(branch: unknown): readonly string[] {
  if (!isSchema(branch)) return [];
  const { enum: values } = branch;
  if (Array.isArray(values) && values.includes('yes')) return ['boolean'];
  return [typeWords(branch)];
}

function shortList(words: readonly string[]): string {
  return words.join(', ');
}

function isSchema(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
