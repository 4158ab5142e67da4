import { graphText, prepare } from '../../engine.ts';
import { didYouMean } from '../../lib/suggest.ts';
import { failure } from '../../model/diagnostic.ts';
import type { SharedFlags } from '../flags.ts';
import { projectRequest } from '../project-request.ts';
import { showDiagnostics } from '../show-failure.ts';

const formats = ['text', 'mermaid', 'dot', 'json'] as const;
type Format = (typeof formats)[number];

function isFormat(text: string): text is Format {
  return (formats as readonly string[]).includes(text);
}

/** `runbook graph PLAYBOOK`: the compiled DAG as text or for a drawing program. */
export async function graph(
  playbook: string,
  flags: SharedFlags & { readonly format: string },
): Promise<number> {
  const { format } = flags;
  if (!isFormat(format))
    throw failure(
      'RB701',
      `--format ${format}: expected text, mermaid, dot or json${didYouMean(format, formats)}`,
    );
  const { plan, warnings } = await prepare(playbook, await projectRequest(flags));
  showDiagnostics(warnings);
  process.stdout.write(`${graphText(plan, format).trimEnd()}\n`);
  return 0;
}
