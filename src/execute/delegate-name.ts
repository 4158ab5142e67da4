import { textKeyword } from './keyword-values.ts';
import type { Single } from './runtime.ts';

/**
 * The host that a step is delegated to, as reports show it: its name, and its address behind it where that is another,
 * `db1(10.0.0.7)`. Nothing where it is the step's own host, or cannot be told.
 */
export function delegateOf({ runtime, work, step, scope }: Single): { readonly delegate?: string } {
  const { delegateTo } = step.keywords;
  if (delegateTo === undefined) return {};
  try {
    const host = textKeyword(delegateTo, 'delegate_to', scope());
    if (host === undefined || host === work.host) return {};
    const address = runtime.scope({ ...work, host }).variable('ansible_host');
    const isOther = typeof address === 'string' && address !== host;
    return { delegate: runtime.redactor.text(isOther ? `${host}(${address})` : host) };
  } catch {
    return {};
  }
}
