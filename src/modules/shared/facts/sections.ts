import { sectionMark } from './gather-script.ts';

/** The gathered text, by section; a section or file that is not there reads as empty. */
export interface Sections {
  text(name: string): string;
  /** The lines of a section that are not empty. */
  lines(name: string): readonly string[];
  /** A file of the host, without white space around it. */
  file(path: string): string;
  /** A file's lines that are not empty. */
  fileLines(path: string): readonly string[];
  /** The files whose path matches. */
  files(pattern: RegExp): readonly string[];
  /** Names that begin with a prefix, the prefix taken off. */
  named(prefix: string): readonly string[];
}

/** Reads the output of the gather script. */
export function readSections(output: string): Sections {
  const sections = parseSections(output);
  const files = parseFiles(sections.get('files') ?? '');
  const text = (name: string) => (sections.get(name) ?? '').trim();
  const file = (path: string) => (files.get(path) ?? []).join('\n').trim();
  return {
    text,
    lines: (name) => linesOf(text(name)),
    file,
    fileLines: (path) => linesOf(file(path)),
    files: (pattern) => [...files.keys()].filter((path) => pattern.test(path)),
    named: (prefix) =>
      [...sections.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)),
  };
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** The first section of a name counts: what a fact program prints later cannot take its place. */
function parseSections(output: string): ReadonlyMap<string, string> {
  const sections = new Map<string, string>();
  for (const part of output.split(new RegExp(`^${sectionMark}`, 'm')).slice(1)) {
    const end = part.indexOf('\n');
    const name = part.slice(0, end);
    if (!sections.has(name)) sections.set(name, part.slice(end + 1).replace(/\n$/, ''));
  }
  return sections;
}

/** The lines of `grep -H ''`: each has its file's path before it. */
function parseFiles(text: string): ReadonlyMap<string, string[]> {
  const files = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const end = line.indexOf(':');
    if (end < 0) continue;
    const path = line.slice(0, end);
    const lines = files.get(path) ?? [];
    files.set(path, lines);
    lines.push(line.slice(end + 1));
  }
  return files;
}
