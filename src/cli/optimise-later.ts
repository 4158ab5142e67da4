import { setFlagsFromString } from 'node:v8';

/** The V8 of Node 20; later ones have no such flag, and wait longer before they optimise. */
const flaggedEngine = /^11\.3\./;

/**
 * Has V8 optimise a function only after it ran for longer. Most commands end before optimised code would pay for its
 * compilation: at V8's default a fifth of their CPU time goes there. What runs for seconds is optimised all the same.
 */
export function optimiseLater(): void {
  if (flaggedEngine.test(process.versions.v8)) setFlagsFromString('--interrupt-budget=600000');
}
