import { z } from 'zod';
import { coordinationKeywords } from './coordination-keywords.ts';
import { importKeywords, playKeywords, rootKeywords } from './play-keywords.ts';
import { runKeywords } from './run-keywords.ts';
import { blockKeywords, loopForms, stepKeywords } from './step-keywords.ts';
import { isUnavailable, type KeywordKind } from './unavailable-keywords.ts';

const allStepKeywords = { ...runKeywords, ...stepKeywords, ...coordinationKeywords };
const allPlayKeywords = { ...runKeywords, ...playKeywords };

/** Keywords of steps that mean nothing on a block as a whole. */
const notOnBlocks = new Set<string>([
  'loop',
  'loop_control',
  'register',
  'listen',
  'until',
  'retries',
  'delay',
  'backoff',
  'changed_when',
  'failed_when',
  'args',
  'action',
  'local_action',
  'parallel',
  'barrier',
  'background',
]);

/** `with_x` keywords: a value of any kind, checked when the loop is evaluated. */
const loopKeywords: Record<string, z.ZodType> = Object.fromEntries(
  Object.entries(loopForms).map(([form, meaning]) => [`with_${form}`, z.unknown().describe(meaning)]),
);

type Shape = Record<string, z.ZodType>;

function available(shape: Shape, kind: KeywordKind, left: (keyword: string) => boolean = () => false): Shape {
  const kept = Object.entries(shape).filter(([keyword]) => !left(keyword) && !isUnavailable(keyword, kind));
  return Object.fromEntries(kept.map(([keyword, schema]) => [keyword, schema.optional()]));
}

const shapes: Record<KeywordKind, () => Shape> = {
  root: () => available({ ...allPlayKeywords, ...rootKeywords }, 'root', (keyword) => keyword === 'id'),
  play: () => available({ ...allPlayKeywords, ...importKeywords }, 'play'),
  block: () =>
    available({ ...allStepKeywords, ...blockKeywords }, 'block', (keyword) => notOnBlocks.has(keyword)),
  step: () => available({ ...allStepKeywords, ...loopKeywords }, 'step', (keyword) => keyword === 'listen'),
  handler: () => available({ ...allStepKeywords, ...loopKeywords }, 'handler'),
};

const schemas = new Map<KeywordKind, z.ZodObject>();

/** The strict schema of the keywords that may stand on one kind of thing; a step's module is not in it. */
export function keywordSchema(kind: KeywordKind): z.ZodObject {
  const known = schemas.get(kind);
  if (known !== undefined) return known;
  const schema = z.strictObject(shapes[kind]());
  schemas.set(kind, schema);
  return schema;
}

const names = new Map<KeywordKind, ReadonlySet<string>>();

/** The names of the keywords that may stand on one kind of thing. */
export function keywordNames(kind: KeywordKind): ReadonlySet<string> {
  const known = names.get(kind);
  if (known !== undefined) return known;
  const own = new Set(Object.keys(keywordSchema(kind).shape));
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

/** Keywords of plays as `keywordSchema` gives them out. */
export type PlayInput = {
  readonly [K in keyof typeof allPlayKeywords]?: z.output<(typeof allPlayKeywords)[K]> | undefined;
};

/** Keywords of the root as `keywordSchema` gives them out. */
export type RootInput = {
  readonly [K in keyof typeof rootKeywords]?: z.output<(typeof rootKeywords)[K]> | undefined;
};
