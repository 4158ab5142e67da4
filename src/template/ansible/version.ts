import { compareText } from '../python/compare.ts';

type Part = number | string;

/** Compares versions as Python's loose versions do, numbers by value, words by letters; undefined where both meet. */
export function compareLoose(a: string, b: string): number | undefined {
  return compareParts(looseParts(a), looseParts(b));
}

function looseParts(text: string): Part[] {
  return (text.match(/\d+|[a-z]+|[^.\da-z]+/gi) ?? []).map((part) =>
    /^\d+$/.test(part) ? Number(part) : part,
  );
}

function compareParts(a: readonly Part[], b: readonly Part[]): number | undefined {
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i++) {
    const [left = 0, right = 0] = [a[i], b[i]];
    if (typeof left !== typeof right) return undefined;
    const order = comparePart(left, right);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function comparePart(a: Part, b: Part): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  return typeof a === 'string' ? -1 : 1;
}

const semantic = /^(\d+)\.(\d+)\.(\d+)(?:-([\w.-]+))?(?:\+[\w.-]+)?$/;

/** Compares semantic versions; undefined where one of them is none. */
export function compareSemantic(a: string, b: string): number | undefined {
  const [left, right] = [semantic.exec(a), semantic.exec(b)];
  if (left === null || right === null) return undefined;
  for (let i = 1; i <= 3; i++) {
    const order = Number(left[i]) - Number(right[i]);
    if (order !== 0) return order;
  }
  return comparePrereleases(left[4], right[4]);
}

function comparePrereleases(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  const parts = (text: string) =>
    text.split('.').map((part): Part => (/^\d+$/.test(part) ? Number(part) : part));
  const [left, right] = [parts(a), parts(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x = 0, y = 0] = [left[i], right[i]];
    // Numbers come before words here.
    const order = typeof x === typeof y ? comparePart(x, y) : typeof x === 'number' ? -1 : 1;
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

const pep440 =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(?:post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z\d]+(?:[-_.][a-z\d]+)*))?$/i;

/** Compares Python's package versions; undefined where one of them is none. */
export function comparePep440(a: string, b: string): number | undefined {
  const [left, right] = [pep440Key(a), pep440Key(b)];
  if (left === undefined || right === undefined) return undefined;
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = (left[i] ?? 0) - (right[i] ?? 0);
    if (order !== 0) return order < 0 ? -1 : 1;
  }
  return 0;
}

const phases: Readonly<Record<string, number>> = {
  a: 1,
  alpha: 1,
  b: 2,
  beta: 2,
  c: 3,
  rc: 3,
  pre: 3,
  preview: 3,
};
const releaseParts = 8;

/** Numbers whose order is that of the versions. */
function pep440Key(text: string): number[] | undefined {
  const match = pep440.exec(text.trim());
  if (match === null) return undefined;
  const [, epoch, release = '', phase, phaseNumber, implicitPost, post, dev, devNumber, local] = match;
  const numbers = release.split('.').map(Number);
  while (numbers.length < releaseParts) numbers.push(0);
  const isPost = implicitPost !== undefined || post !== undefined;
  const pre =
    phase === undefined ? (dev !== undefined && !isPost ? 0 : 4) : (phases[phase.toLowerCase()] ?? 3);
  return [
    Number(epoch ?? 0),
    ...numbers,
    pre,
    Number(phaseNumber === '' ? 0 : (phaseNumber ?? 0)),
    isPost ? 1 : 0,
    Number(implicitPost ?? (post === '' ? 0 : (post ?? 0))),
    dev === undefined ? 1 : 0,
    Number(devNumber === '' ? 0 : (devNumber ?? 0)),
    local === undefined ? 0 : 1,
  ];
}
