import { didYouMean } from '../lib/suggest.ts';
import type { TemplateFileOptions } from '../model/module.ts';
import type { ProjectSettings } from '../model/project.ts';
import { Secret, type Value } from '../model/value.ts';
import type { EngineServices, TemplateEngine } from '../template/engine-types.ts';
import { TemplateError } from '../template/errors.ts';
import { textAsData } from '../template/text-as-data.ts';
import { renderFile } from './bound-scope.ts';
import { baseDirectories, findSource, sourceCandidates } from './file-search.ts';
import { type LookupContext, lookupFailure } from './lookups/lookup.ts';
import { lookups } from './lookups/registry.ts';
import { type ReadPlain, readUndecrypted } from './plain-file.ts';

/** What lookups of a run may use of the controller. */
export interface LookupHost {
  /** The directory of the playbook, absolute. */
  readonly projectDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For the lookup of settings. */
  readonly settings?: ProjectSettings | undefined;
  matchHosts(pattern: string): readonly string[];
  /** The content of a file, decrypted. Default: encrypted files are refused. */
  readonly readPlain?: ReadPlain | undefined;
}

/** What a lookup reads of the step that it is evaluated for. */
export interface LookupScope {
  variable(name: string): Value | undefined;
  names(): readonly string[];
  file(text: string, options: TemplateFileOptions): string;
  /** Whether a text that looks like data is that data. Default false. */
  readonly textsAsData?: boolean | undefined;
}

/** The context of a lookup for a step. Files are searched as modules do. */
export function createLookupContext(host: LookupHost, scope: LookupScope): LookupContext {
  const bases = () => {
    const folders = scope.variable('ansible_search_path');
    const known = Array.isArray(folders) ? folders.filter((one) => typeof one === 'string') : [];
    return baseDirectories(host.projectDir, known);
  };
  return {
    projectDir: host.projectDir,
    env: host.env,
    settings: host.settings,
    matchHosts: host.matchHosts,
    readPlain: host.readPlain ?? readUndecrypted,
    find: (path, folder) => findSource(path, folder, bases(), host.projectDir),
    candidates: (path, folder) => sourceCandidates(path, folder, bases(), host.projectDir),
    renderTemplate: (text, options) => scope.file(text, options),
    // A literal holds values of the model only.
    asData: scope.textsAsData === true ? (text) => textAsData(text, '') as Value : undefined,
    variable: scope.variable,
    variableNames: scope.names,
    random: Math.random,
  };
}

/**
 * The service that carries out `lookup()` and `query()` for a template engine.
 *
 * @param engine Gives the engine itself, which is made with this service.
 */
export function createLookupService(
  host: LookupHost,
  engine: () => TemplateEngine,
): NonNullable<EngineServices['lookup']> {
  return (name, terms, options, scope) => {
    const lookup = lookups.get(name.replace(/^(ansible\.builtin|ansible\.legacy|community\.general)\./, ''));
    if (lookup === undefined)
      throw lookupFailure(`there is no lookup named "${name}"${didYouMean(name, lookups.keys())}`);
    const plain = (text: string | Secret) => (text instanceof Secret ? text.reveal() : text);
    const context = createLookupContext(host, {
      variable: (variable) => readVariable(engine(), variable, scope),
      names: () => [...scope.names()],
      textsAsData: scope.textsAsData,
      file: (text, fileOptions) => plain(renderFile(engine(), text, scope, fileOptions)),
    });
    return lookup(terms, options, context);
  };
}

function readVariable(
  engine: TemplateEngine,
  name: string,
  scope: Parameters<TemplateEngine['evaluate']>[1],
): Value | undefined {
  if (!/^[A-Za-z_]\w*$/.test(name) || !scope.has(name)) return undefined;
  try {
    return engine.evaluate(name, scope);
  } catch (error) {
    if (error instanceof TemplateError && error.kind === 'undefined') return undefined;
    throw error;
  }
}
