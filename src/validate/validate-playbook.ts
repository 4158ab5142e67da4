import { basename } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { LoadedPlaybook } from '../model/document.ts';
import type { Playbook } from '../model/playbook.ts';
import type { Context, OpenDeclarations, ValidateOptions } from './context.ts';
import { checkNameUses, checkQueues } from './declarations.ts';
import { readParamValues } from './param-values.ts';
import { type PlaybookParts, readDocument } from './read-document.ts';
import { sortDiagnostics } from './sort-diagnostics.ts';

/** A checked playbook, or what is wrong with it. */
export interface Validation {
  /** Undefined when there is an error. */
  readonly playbook?: Playbook | undefined;
  /** Errors and warnings in the order of their places. Those of loading are not among them. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Checks a loaded playbook as a whole and gives it its typed form. All mistakes are told at once: RB201 to RB214, RB304
 * (unknown handler) and RB307 (permits above capacity). It does not know hosts, groups and steps that `needs` names:
 * those are for the compiler. Nothing is rendered; nothing is read but the files of `vars_files`.
 */
export async function validatePlaybook(
  loaded: LoadedPlaybook,
  options: ValidateOptions,
): Promise<Validation> {
  const { main } = loaded;
  if (main === undefined) return { diagnostics: [] };
  const found: Diagnostic[] = [];
  const declarations: OpenDeclarations = {
    events: {},
    semaphores: {},
    locks: {},
    queues: {},
    pools: {},
    state: {},
  };
  const context: Context = {
    options,
    uses: [],
    declarations,
    report: (diagnostic) => found.push(diagnostic),
  };
  const parts: PlaybookParts = { plays: [], params: [], playIds: new Map() };
  const head = await readDocument(main, loaded, parts, { layers: [], keywords: {} }, context);
  const params = await readParamValues(parts.params, context);
  checkNameUses(context);
  checkQueues(context);
  const documents = [main, ...loaded.imports.map((one) => one.document)];
  const diagnostics = sortDiagnostics(
    found,
    documents.map((one) => one.file.path),
  );
  if (diagnostics.some((one) => one.severity === 'error')) return { diagnostics };
  const playbook: Playbook = {
    name: head.name ?? parts.plays[0]?.name ?? basename(main.file.path),
    file: main.file.path,
    dialect: main.dialect,
    layers: head.layers,
    params,
    declarations,
    plays: parts.plays,
  };
  return { playbook, diagnostics };
}
