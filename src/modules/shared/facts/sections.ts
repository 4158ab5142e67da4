import { parseSections } from './gather-script.ts';

/** The gathered text, by section; a section that is not there reads as empty. */
export interface Sections {
  text(name: string): string;
  lines(name: string): readonly string[];
  /** Names that begin with a prefix, the prefix taken off. */
  named(prefix: string): readonly string[];
}

/** Reads the output of the gather script. */
export function readSections(output: string): Sections {
  const sections = parseSections(output);
  const text = (name: string) => (sections.get(name) ?? '').trim();
  return {
    text,
    lines: (name) =>
      text(name)
        .split('\n')
        .filter((line) => line !== ''),
    named: (prefix) =>
      [...sections.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)),
  };
}
