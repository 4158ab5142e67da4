import type { Value } from '../model/value.ts';

/**
 * What the name `omit` stands for. `renderValue` drops the keys and items that render to it; a caller who renders one
 * value compares the result with it.
 */
export const omitMark: Value = Object.freeze(Object.create(null));
