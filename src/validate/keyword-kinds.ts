import { z } from 'zod';
import { coordinationKeywords } from './coordination-keywords.ts';
import { importKeywords, playKeywords, rootKeywords } from './play-keywords.ts';
import { reuseKeywords, roleKeywords } from './reuse-keywords.ts';
import { runKeywords } from './run-keywords.ts';
import { blockKeywords, loopForms, stepKeywords } from './step-keywords.ts';
import { isUnavailable, type KeywordKind } from './unavailable-keywords.ts';

const allStepKeywords = { ...runKeywords, ...stepKeywords, ...coordinationKeywords };
const allPlayKeywords = { ...runKeywords, ...playKeywords };

/** Keywords of steps that mean nothing on a block as a whole. */
const notOnBlocks = new Set<string>([
  'register',
  'listen',
  'async',
  'poll',
  'changed_when',
  'failed_when',
  'args',
  'action',
  'local_action',
  'parallel',
  'on_success',
  'on_failure',
  'release',
]);

/** Keywords of steps that mean nothing on a handler: it is waited for, and only some hosts come to it. */
const notOnHandlers = new Set<string>(['background', 'barrier', 'consume', 'release', 'repeat']);

/** Keywords that mean nothing on a step with a module. */
const notOnSteps = new Set<string>(['listen', 'consume', 'repeat']);

/** `with_x` keywords: a value of any kind, checked when the loop is evaluated. */
const loopKeywords: Record<string, z.ZodType> = Object.fromEntries(
  Object.entries(loopForms).map(([form, meaning]) => [`with_${form}`, z.unknown().describe(meaning)]),
);

/** Keywords of blocks that mean nothing where steps of another file are named: they would have no end in it. */
const notOnImports = new Set<string>([
  ...notOnBlocks,
  'loop',
  'loop_control',
  'until',
  'retries',
  'delay',
  'backoff',
  'consume',
  'repeat',
]);

const ofOneBlock = new Set<string>([
  'rescue',
  'always',
  'loop',
  'until',
  'retries',
  ...Object.keys(loopKeywords),
]);

/** Whether a keyword speaks of the steps of a block together, so that a block of handlers cannot have it. */
export function isOfOneBlock(keyword: string): boolean {
  return ofOneBlock.has(keyword);
}

type Shape = Readonly<Record<string, z.ZodType>>;

function available(shape: Shape, kind: KeywordKind, left: (keyword: string) => boolean = () => false): Shape {
  const kept = Object.entries(shape).filter(([keyword]) => !left(keyword) && !isUnavailable(keyword, kind));
  return Object.fromEntries(kept);
}

const makeShape: Record<KeywordKind, () => Shape> = {
  root: () => available({ ...allPlayKeywords, ...rootKeywords }, 'root', (keyword) => keyword === 'id'),
  play: () => available({ ...allPlayKeywords, ...importKeywords }, 'play'),
  block: () =>
    available({ ...allStepKeywords, ...loopKeywords, ...blockKeywords }, 'block', (keyword) =>
      notOnBlocks.has(keyword),
    ),
  import: () =>
    available({ ...allStepKeywords, ...reuseKeywords }, 'import', (keyword) => notOnImports.has(keyword)),
  role: () =>
    available({ ...allStepKeywords, ...roleKeywords }, 'role', (keyword) => notOnImports.has(keyword)),
  step: () =>
    available({ ...allStepKeywords, ...loopKeywords }, 'step', (keyword) => notOnSteps.has(keyword)),
  handler: () =>
    available({ ...allStepKeywords, ...loopKeywords }, 'handler', (keyword) => notOnHandlers.has(keyword)),
};

const shapes = new Map<KeywordKind, Shape>();

/** The schema of each keyword that may stand on one kind of thing. All are optional; a step's module is not among them. */
export function keywordShape(kind: KeywordKind): Shape {
  const known = shapes.get(kind);
  if (known !== undefined) return known;
  const shape = makeShape[kind]();
  shapes.set(kind, shape);
  return shape;
}

/** The keywords of one kind of thing as one strict schema. */
export function keywordSchema(kind: KeywordKind): z.ZodObject {
  const optional = Object.entries(keywordShape(kind)).map(([keyword, schema]) => [
    keyword,
    schema.optional(),
  ]);
  return z.strictObject(Object.fromEntries(optional));
}

/** What `parseKeywords` finds: the values of sound keywords, and what is wrong with the others. */
export interface ParsedKeywords {
  readonly output: Readonly<Record<string, unknown>>;
  readonly issues: readonly z.core.$ZodIssue[];
  readonly wrong: ReadonlySet<string>;
}

/**
 * Checks keywords as `keywordSchema` would, but only those that are there: a step has few of the many that it may have.
 */
export function parseKeywords(kind: KeywordKind, values: Readonly<Record<string, unknown>>): ParsedKeywords {
  const shape = keywordShape(kind);
  const output: Record<string, unknown> = {};
  const issues: z.core.$ZodIssue[] = [];
  const wrong = new Set<string>();
  for (const [keyword, value] of Object.entries(values)) {
    const schema = Object.hasOwn(shape, keyword) ? shape[keyword] : undefined;
    const result = schema?.safeParse(value, { jitless: true });
    if (result?.success) output[keyword] = result.data;
    else {
      wrong.add(keyword);
      issues.push(...(result === undefined ? [unknownKey(keyword)] : below(keyword, result.error.issues)));
    }
  }
  return { output, issues, wrong };
}

function unknownKey(keyword: string): z.core.$ZodIssue {
  return { code: 'unrecognized_keys', keys: [keyword], path: [], message: '' };
}

function below(keyword: string, issues: readonly z.core.$ZodIssue[]): readonly z.core.$ZodIssue[] {
  return issues.map((issue) => ({ ...issue, path: [keyword, ...issue.path] }));
}

const names = new Map<KeywordKind, ReadonlySet<string>>();

/** The names of the keywords that may stand on one kind of thing. */
export function keywordNames(kind: KeywordKind): ReadonlySet<string> {
  const known = names.get(kind);
  if (known !== undefined) return known;
  const own = new Set(Object.keys(keywordShape(kind)));
  names.set(kind, own);
  return own;
}

/** Whether a keyword may stand on one kind of thing. */
export function isKeywordOf(kind: KeywordKind, keyword: string): boolean {
  return keywordNames(kind).has(keyword);
}

/** Keywords of plays, blocks, steps and handlers as `keywordSchema` gives them out, each optional. */
export type KeywordInput = {
  readonly [K in keyof typeof allStepKeywords]?: z.output<(typeof allStepKeywords)[K]> | undefined;
};

/** Keywords of imports and of entries of `roles` as `keywordSchema` gives them out. */
export type ReuseInput = KeywordInput & {
  readonly [K in keyof typeof reuseKeywords]?: z.output<(typeof reuseKeywords)[K]> | undefined;
};

/** Keywords of plays as `keywordSchema` gives them out. */
export type PlayInput = {
  readonly [K in keyof typeof allPlayKeywords]?: z.output<(typeof allPlayKeywords)[K]> | undefined;
};

/** Keywords of the root as `keywordSchema` gives them out. */
export type RootInput = {
  readonly [K in keyof typeof rootKeywords]?: z.output<(typeof rootKeywords)[K]> | undefined;
};
