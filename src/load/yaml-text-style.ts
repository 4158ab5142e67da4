import { readPlainScalar } from './yaml-scalar.ts';

/** Which styles a text can be written in so that it reads back as itself. */
export interface TextStyles {
  readonly empty: boolean;
  readonly multiline: boolean;
  readonly flowPlain: boolean;
  readonly blockPlain: boolean;
  readonly singleQuoted: boolean;
}

const lineBreak = /[\n\u0085\u2028\u2029]/;
const printable = /^[\n\x20-\x7e\u0085\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]*$/u;
const indicatorAtStart = /^[#,[\]{}&*!|>'"%@`]/;

/** Finds the styles that a text allows. */
export function textStyles(text: string): TextStyles {
  if (text === '')
    return { empty: true, multiline: false, flowPlain: false, blockPlain: true, singleQuoted: true };
  const multiline = lineBreak.test(text);
  const special = !printable.test(text) || / [\n\u0085\u2028\u2029]/.test(text);
  const breakBeforeSpace = /[\n\u0085\u2028\u2029] /.test(text);
  const singleQuoted = !special && !breakBeforeSpace;
  const plain = singleQuoted && !multiline && !/^ | $/.test(text);
  return {
    empty: false,
    multiline,
    singleQuoted,
    blockPlain: plain && !hasBlockIndicator(text),
    flowPlain: plain && !hasBlockIndicator(text) && !hasFlowIndicator(text),
  };
}

function hasBlockIndicator(text: string): boolean {
  return (
    /^(?:---|\.\.\.)/.test(text) ||
    indicatorAtStart.test(text) ||
    /^[-?](?:\s|$)/.test(text) ||
    /:(?:\s|$)|\s#/.test(text)
  );
}

function hasFlowIndicator(text: string): boolean {
  return /^[?:]/.test(text) || /.[,?[\]{}]/s.test(text) || text.includes(':');
}

const oldScalars: readonly RegExp[] = [
  // Timestamps, the merge key and the default value of YAML 1.1.
  /^\d{4}-\d\d-\d\d$/,
  /^\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?$/,
  /^(?:<<|=)$/,
  /^[-+]?0[0-7_]+$/,
];

/** Whether a plain text would be read as something else than text by a YAML 1.1 reader. */
export function isAmbiguous(text: string): boolean {
  const read = readPlainScalar(text, 'ansible');
  // Not in the 1.1 language, but texts to readers of both versions: 08 and 0o17.
  if (read !== 'imprecise' && typeof read.value === 'string')
    return oldScalars.some((scalar) => scalar.test(text));
  return true;
}
