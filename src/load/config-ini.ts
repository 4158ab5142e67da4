/** The entries of an INI file by section; names in lower case, as Python's configparser reads them. */
export type IniSections = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Reads an INI file the way Python's configparser does with inline comments behind ` ;`: `key = value` or `key: value`,
 * comments by `#` or `;`, indented lines continue the value above. Of an entry that stands twice the last one counts.
 */
export function parseIni(text: string): IniSections {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  let last: string | undefined;
  for (const line of text.replace(/^\ufeff/, '').split(/\r?\n/)) {
    if (/^\s*(?:[#;]|$)/.test(line)) continue;
    const header = /^\[([^\]]+)\]/.exec(line)?.[1];
    if (header !== undefined) {
      section = sections.get(header) ?? new Map();
      sections.set(header, section);
      last = undefined;
    } else if (last !== undefined && /^\s/.test(line)) {
      section.set(last, `${section.get(last) ?? ''}\n${withoutComment(line)}`.trim());
    } else {
      const [, key, value = ''] = /^\s*([^=:]+?)\s*(?:[=:]\s*(.*))?$/.exec(line) ?? [];
      if (key === undefined) continue;
      last = key.toLowerCase();
      section.set(last, withoutComment(value));
    }
  }
  return sections;
}

function withoutComment(value: string): string {
  return value.replace(/\s;.*$/, '').trim();
}
