import type { EventLook, RunLook } from './run-look.ts';

/** What another process may ask of a run: one JSON object on one line. */
export type ControlRequest =
  | { readonly ask: 'look' }
  | { readonly ask: 'events' }
  | { readonly ask: 'set-event' | 'clear-event'; readonly event: string };

/** The answer, one JSON object on one line. `refused` says why, for people. */
export type ControlReply =
  | { readonly reply: 'look'; readonly look: RunLook }
  | { readonly reply: 'events'; readonly events: readonly EventLook[] }
  /** `changed` is false where the event was so already; `woken` waited for it. */
  | { readonly reply: 'done'; readonly changed: boolean; readonly woken: number }
  | { readonly reply: 'refused'; readonly message: string; readonly hint?: string | undefined };

/** Answers requests to a run. Must not throw. */
export type AnswerControl = (request: ControlRequest) => Promise<ControlReply>;
