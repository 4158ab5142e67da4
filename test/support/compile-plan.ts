import { compile } from '../../src/compile/compile.ts';
import type { CompileOptions } from '../../src/compile/compile-input.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import type { Inventory } from '../../src/model/inventory.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Playbook, Step } from '../../src/model/playbook.ts';
import { compileOptions, inventory, play, playbook } from './playbook-builder.ts';

/** An inventory of the one host h1. */
export const one = inventory(['h1']);

/** An inventory of h1 in group web and h2 in group db. */
export const two = inventory(['h1', 'h2'], { web: ['h1'], db: ['h2'] });

/** A playbook of one play on all hosts with these steps. */
export function steps(...list: Step[]): Playbook {
  return playbook({ plays: [play({ steps: list })] });
}

/** Compiles; throws with all messages when the playbook is refused. */
export function planOf(
  book: Playbook,
  hosts: Inventory = one,
  options: CompileOptions = compileOptions(),
): Plan {
  const { plan, diagnostics } = compile(book, hosts, options);
  if (plan === undefined) throw new Error(diagnostics.map((diagnostic) => diagnostic.message).join('\n'));
  return plan;
}

/** Compiles and gives what is wrong, as `RB302 error: message`. */
export function problemsOf(
  book: Playbook,
  hosts: Inventory = one,
  options: CompileOptions = compileOptions(),
): string[] {
  return diagnosticsOf(book, hosts, options).map(
    ({ code, severity, message }) => `${code} ${severity}: ${message}`,
  );
}

/** Compiles and gives all diagnostics. */
export function diagnosticsOf(
  book: Playbook,
  hosts: Inventory = one,
  options: CompileOptions = compileOptions(),
): readonly Diagnostic[] {
  return compile(book, hosts, options).diagnostics;
}
