import { Composer, type Document, type Node, type YAMLError } from 'yaml';
import { type Diagnostic, errorDiagnostic } from '../model/diagnostic.ts';
import type { RawDocument } from '../model/document.ts';
import type { SourceFile } from '../model/place.ts';
import type { Value } from '../model/value.ts';
import { LineIndex } from './line-index.ts';
import { maxFileBytes, tooLarge } from './source-file.ts';
import { locateInTree } from './yaml-locate.ts';
import { syntaxDiagnostics } from './yaml-syntax.ts';
import { type Opening, surveyTokens } from './yaml-tokens.ts';
import { type ReadOptions, startConversion, toValue } from './yaml-value.ts';

/** How many collections may lie inside each other. */
const maxDepth = 64;

/** A file as data, or what is wrong with it. There is a document when there is no error. */
export interface YamlReading {
  readonly document?: RawDocument;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads one document of YAML, or of JSON. All mistakes of the file are told at once, each at its place: RB102 to RB111.
 * Never throws, whatever the text.
 */
export function readYaml(file: SourceFile, options: ReadOptions): YamlReading {
  const bytes = Buffer.byteLength(file.text);
  if (bytes > maxFileBytes) return { diagnostics: [tooLarge(file.path, bytes)] };
  const text = file.text.replace(/^\ufeff/, '');
  const lines = new LineIndex({ path: file.path, text });
  const control = controlCharacters(lines);
  if (control.length > 0) return { diagnostics: control };
  const survey = surveyTokens(text, maxDepth);
  if (survey.tooDeepAt !== undefined) return { diagnostics: [tooDeep(lines, survey.tooDeepAt)] };
  const composer = new Composer({
    schema: 'failsafe',
    uniqueKeys: false,
    merge: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const documents = [...composer.compose(survey.tokens, true, text.length)];
  return readDocuments(documents, { lines, options, unclosed: survey.unclosed });
}

interface Source {
  readonly lines: LineIndex;
  readonly options: ReadOptions;
  readonly unclosed: readonly Opening[];
}

function readDocuments(documents: readonly Document.Parsed[], source: Source): YamlReading {
  const { lines, options, unclosed } = source;
  const [document, ...others] = documents;
  const errors: YAMLError[] = documents.slice(0, 1).flatMap((one) => [...one.errors, ...one.warnings]);
  const problems = errors.filter((error) => error.code !== 'TAG_RESOLVE_FAILED');
  const syntax = syntaxDiagnostics(problems, lines, unclosed);
  const second = others[0];
  if (second) syntax.push(severalDocuments(lines, second));
  const found: Diagnostic[] = [];
  const conversion = startConversion(lines, options, found);
  // A parsed document's contents are nodes.
  const root = (document?.contents ?? null) as Node | null;
  const value: Value | undefined = isEmpty(root) ? undefined : toValue(root, conversion);
  const diagnostics = inOrder(syntax, found);
  if (diagnostics.length > 0) return { diagnostics };
  const tree = { root, lines, targets: conversion.targets };
  return {
    document: {
      file: lines.file,
      dialect: options.dialect,
      value,
      locate: (path, part, span) => locateInTree(tree, path, part, span),
    },
    diagnostics,
  };
}

/** Mistakes of meaning behind the first mistake of form are left out: what stands there may be read wrongly. */
function inOrder(syntax: readonly Diagnostic[], found: readonly Diagnostic[]): Diagnostic[] {
  const firstLine = Math.min(...syntax.map((one) => one.at?.line ?? 1));
  const kept = found.filter((one) => (one.at?.line ?? 0) < firstLine);
  return [...kept, ...syntax].sort((a, b) => position(a) - position(b));
}

function position(diagnostic: Diagnostic): number {
  return (diagnostic.at?.line ?? 0) * 1e6 + (diagnostic.at?.column ?? 0);
}

function isEmpty(root: Node | null): boolean {
  return (
    root === null || (root.range !== undefined && root.range !== null && root.range[0] === root.range[1])
  );
}

function severalDocuments(lines: LineIndex, second: Document.Parsed): Diagnostic {
  const at = lines.file.text.lastIndexOf('\n---', second.range[0]) + 1;
  return errorDiagnostic('RB103', 'a second document starts here, expected one document in a file', {
    at: lines.place(at, at + 3),
    hint: 'remove the --- line, or move what follows into a file of its own',
  });
}

function tooDeep(lines: LineIndex, offset: number): Diagnostic {
  return errorDiagnostic('RB108', `more than ${maxDepth} lists and mappings lie inside each other here`, {
    at: lines.place(offset),
  });
}

function controlCharacters(lines: LineIndex): Diagnostic[] {
  const { text } = lines.file;
  const first = text.search(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/);
  if (first === -1) return [];
  const code = text.charCodeAt(first).toString(16).toUpperCase().padStart(4, '0');
  const message = `found the control character U+${code}, expected text`;
  const hint = `delete it, or write it as "\\x${code.slice(2)}" in double quotes`;
  return [errorDiagnostic('RB103', message, { at: lines.place(first), hint })];
}
