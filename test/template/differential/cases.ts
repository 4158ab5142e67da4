import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Value } from '../../../src/model/value.ts';

/** One thing that Ansible and this engine are both asked. */
export interface Case {
  /** An expression is compared by value and type, a template of a file or of a play by its text. */
  readonly kind: 'expression' | 'template' | 'play';
  readonly text: string;
  readonly whitespace?: { readonly trim: boolean; readonly lstrip: boolean };
}

interface Tried {
  readonly with: readonly string[];
  readonly also?: readonly string[];
}

interface TemplateCases {
  readonly loader: Readonly<Record<string, string>>;
  readonly templates: readonly string[];
  readonly headers: readonly string[];
  readonly play: readonly string[];
}

interface MethodCases {
  readonly text: readonly string[];
  readonly text_calls: readonly string[];
  readonly expressions: readonly string[];
}

function read<Content>(name: string): Content {
  const text = readFileSync(new URL(`${name}.yaml`, import.meta.url), 'utf8');
  // The files are this test's own; what they hold is written beside them.
  return parse(text, { version: '1.2', intAsBigInt: false }) as Content;
}

const { values, crossed } = read<{ values: Record<string, Value>; crossed: readonly string[] }>('values');
const templates = read<TemplateCases>('templates');
/** More than a number can hold without loss. */
const big = 123456789012345678901234567890n;

/** What the names in the cases stand for. */
export const caseValues: Readonly<Record<string, Value>> = { ...values, big };
/** The templates that the cases include, import and extend. */
export const caseLoader = templates.loader;

/** The same values as JSON, for a reader in another language. */
export function valuesAsJson(): string {
  return JSON.stringify({ ...values, big: 0 }).replace('"big":0', `"big":${big}`);
}

function expression(text: string): Case {
  return { kind: 'expression', text };
}

function filterCases(): Case[] {
  return Object.entries(read<Record<string, Tried>>('filters')).flatMap(([name, tried]) => [
    ...tried.with.flatMap((given) => crossed.map((value) => expression(`${value}|${name}${given}`))),
    ...(tried.also ?? []).map(expression),
  ]);
}

function testCases(): Case[] {
  return Object.entries(read<Record<string, Tried>>('tests')).flatMap(([name, tried]) => [
    ...tried.with.flatMap((given) => crossed.map((value) => expression(testOf(value, name, given)))),
    ...(tried.also ?? []).map(expression),
  ]);
}

/** Tests named by signs can only be given by name. */
function testOf(value: string, name: string, given: string): string {
  if (/^\w+$/.test(name)) return `${value} is ${name}${given}`;
  return `[${value}]|select("${name}", ${given.slice(1, -1)})|list`;
}

function methodCases(): Case[] {
  const { text, text_calls: calls, expressions } = read<MethodCases>('methods');
  const called = text.flatMap((one) => calls.map((call) => expression(`${one}.${call}`)));
  return [...called, ...expressions.map(expression)];
}

function templateCases(): Case[] {
  const settings = [
    { trim: true, lstrip: false },
    { trim: true, lstrip: true },
    { trim: false, lstrip: false },
  ];
  return [
    ...settings.flatMap((whitespace) =>
      templates.templates.map((text): Case => ({ kind: 'template', text, whitespace })),
    ),
    ...templates.headers.map((text): Case => ({ kind: 'template', text })),
    ...templates.play.map((text): Case => ({ kind: 'play', text })),
  ];
}

/** All cases by what they are about. */
export const caseGroups: Readonly<Record<string, readonly Case[]>> = {
  filters: filterCases(),
  tests: testCases(),
  operators: Object.values(read<Record<string, readonly string[]>>('expressions')).flat().map(expression),
  methods: methodCases(),
  templates: templateCases(),
};

/** What a case goes by: its text, and the settings that change what it means. */
export function caseName({ kind, text, whitespace }: Case): string {
  if (kind === 'expression') return text;
  if (kind === 'play') return `play ${JSON.stringify(text)}`;
  const settings = [
    whitespace?.trim === false ? ' no-trim' : '',
    whitespace?.lstrip === true ? ' lstrip' : '',
  ];
  return `template${settings.join('')} ${JSON.stringify(text)}`;
}
