import { readByRoot } from '../../src/load/playbook.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import type { ImportedDocument, LoadedPlaybook, RawDocument } from '../../src/model/document.ts';
import type { Playbook } from '../../src/model/playbook.ts';
import type { Value } from '../../src/model/value.ts';
import type { TemplateFault, ValidateOptions } from '../../src/validate/context.ts';
import { validatePlaybook } from '../../src/validate/validate-playbook.ts';
import { fakeModules } from './fake-modules.ts';

/** A document of YAML text; the dialect follows from its root. */
export function documentOf(text: string, path = 'site.yml'): RawDocument {
  const { document, diagnostics } = readByRoot({ path, text });
  if (document === undefined) throw new Error(`${path}: ${diagnostics.map((one) => one.message).join('; ')}`);
  return document;
}

/** Finds what a template that is not closed lacks; enough of a parser for tests of places. */
export function findOpenBraces(text: string): TemplateFault | undefined {
  const open = text.lastIndexOf('{{');
  if (open < 0 || text.includes('}}', open)) return undefined;
  const lines = text.slice(0, open).split('\n');
  return { message: '"}}" is missing', line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}

/** What a test may set apart from the text. */
export interface TextOptions extends Partial<Omit<ValidateOptions, 'extraVars'>> {
  readonly extraVars?: Readonly<Record<string, Value>>;
  readonly imports?: (main: RawDocument) => readonly ImportedDocument[];
}

/** Validates the text of a playbook with the fake modules. */
export async function validateText(text: string, options: TextOptions = {}) {
  const main = documentOf(text);
  const { extraVars = {}, imports, ...rest } = options;
  const loaded: LoadedPlaybook = {
    main,
    imports: imports?.(main) ?? [],
    files: [main.file],
    diagnostics: [],
  };
  return validatePlaybook(loaded, {
    modules: fakeModules,
    checkTemplate: findOpenBraces,
    readVarsFile: () => undefined,
    extraVars: [{ source: 'extra-vars', label: '-e', values: extraVars }],
    ...rest,
  });
}

/** The playbook of a text that has no mistake. */
export async function playbookOf(text: string, options: TextOptions = {}): Promise<Playbook> {
  const { playbook, diagnostics } = await validateText(text, options);
  if (playbook === undefined) throw new Error(diagnostics.map(shortly).join('\n'));
  return playbook;
}

/** `3:5 RB201 unknown key ...`: a diagnostic in one line. */
export function shortly({ code, message, at }: Diagnostic): string {
  return `${at === undefined ? '-' : `${at.line}:${at.column}`} ${code} ${message}`;
}
