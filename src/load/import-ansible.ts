import { type Document, isMap, isNode, isSeq, Pair, parseDocument, YAMLMap } from 'yaml';
import { type Diagnostic, warningDiagnostic } from '../model/diagnostic.ts';
import type { SourceFile } from '../model/place.ts';
import { importScalars, textNode } from './import-scalars.ts';
import { type ImportHelp, importPlaySteps, importStepList } from './import-steps.ts';
import { LineIndex } from './line-index.ts';
import { readYaml } from './yaml.ts';

/** A file in this program's own form, or why there is none. */
export interface ImportedText {
  readonly text?: string | undefined;
  /** What could not be converted or means something else now, as warnings; or the errors of the file. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Keys that name further files, which are read in the dialect of the playbook. */
const otherFiles = ['import_playbook', 'roles', 'vars_files'];

/**
 * Writes a file of Ansible's form in this program's own. A list of plays becomes a mapping with `plays`; a list of tasks
 * stays one; of a file of variables only the scalars are changed. Comments stay, and so does the order.
 */
export function importAnsible(file: SourceFile, help: Omit<ImportHelp, 'note'>): ImportedText {
  const reading = readYaml(file, { dialect: 'ansible' });
  if (reading.document === undefined) return { diagnostics: reading.diagnostics };
  const text = file.text.replace(/^\ufeff/, '');
  const document = parseDocument(text, {
    schema: 'failsafe',
    merge: false,
    uniqueKeys: false,
    logLevel: 'silent',
  });
  const lines = new LineIndex({ path: file.path, text });
  const notes: Diagnostic[] = [];
  const note: ImportHelp['note'] = (node, message, hint) => {
    const [from = 0, to = from + 1] = (isNode(node) ? node.range : undefined) ?? [];
    notes.push(warningDiagnostic('RB217', message, { at: lines.place(from, to), hint }));
  };
  importScalars(document);
  const { contents } = document;
  if (isSeq(contents)) importList(document, { ...help, note });
  else if (isMap(contents) && (contents.has('plays') || contents.has('hosts')))
    note(contents, 'this is a native playbook already', 'leave it as it is');
  return { text: document.toString({ lineWidth: 0, flowCollectionPadding: false }), diagnostics: notes };
}

function importList(document: Document, help: ImportHelp): void {
  const list = document.contents;
  if (!isSeq(list)) return;
  const isPlaybook = list.items.some((one) => isMap(one) && isPlay(one));
  if (!isPlaybook) {
    importStepList(list, help);
    return;
  }
  for (const play of list.items) if (isMap(play)) importPlay(play, help);
  const root = new YAMLMap();
  root.add({ key: textNode('plays'), value: list });
  // What stood before the list stays at the top of the file.
  if (list.commentBefore) {
    document.commentBefore = [document.commentBefore, list.commentBefore].filter(Boolean).join('\n\n');
    list.commentBefore = null;
  }
  document.contents = root;
}

function isPlay(entry: YAMLMap): boolean {
  return ['hosts', 'import_playbook', 'ansible.builtin.import_playbook'].some((key) => entry.has(key));
}

function importPlay(play: YAMLMap, help: ImportHelp): void {
  for (const key of otherFiles)
    if (play.has(key))
      help.note(
        play.get(key, true),
        `the files that "${key}" names are read as YAML 1.2 now`,
        'convert them as well: runbook import FILE -o FILE',
      );
  if (!play.has('hosts')) return;
  importPlaySteps(play, help);
  const after = play.items.findIndex(({ key }) => String(key) === 'hosts') + 1;
  const added = [
    ...(play.has('strategy') ? [] : [new Pair(textNode('strategy'), textNode('linear'))]),
    ...(play.has('gather_facts') ? [] : [trueKeyword('gather_facts')]),
  ];
  play.items.splice(after, 0, ...added);
}

function trueKeyword(name: string): Pair {
  const value = textNode('true');
  value.type = 'PLAIN';
  return new Pair(textNode(name), value);
}
