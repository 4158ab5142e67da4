import type { Value } from '../model/value.ts';
import type { Ticket } from './line.ts';

/** Who waits or holds, as people and programs know it. */
export interface Holder {
  /** Tells holders apart; the scheduler uses one id for each instance. */
  readonly id: string;
  /** For messages: `step "up" on web1`. */
  readonly label: string;
}

/** One step of a change of shared state. */
export type CellChange =
  | { readonly type: 'set'; readonly name: string; readonly value: Value }
  | { readonly type: 'append'; readonly name: string; readonly value: Value }
  | { readonly type: 'increment'; readonly name: string; readonly by: number };

/** A record of something that happened to the coordination state. The state is the sum of its records, in order. */
export type Operation =
  | { readonly type: 'event-wait'; readonly ticket: Ticket; readonly event: string; readonly holder: Holder }
  | { readonly type: 'event-set'; readonly event: string }
  | { readonly type: 'event-clear'; readonly event: string }
  | { readonly type: 'event-lose'; readonly event: string; readonly reason: string }
  | {
      readonly type: 'limit-acquire';
      readonly ticket: Ticket;
      readonly limit: string;
      readonly capacity: number;
      readonly permits: number;
      readonly holder: Holder;
    }
  | { readonly type: 'limit-release'; readonly ticket: Ticket; readonly permits?: number | undefined }
  | { readonly type: 'limit-poison'; readonly ticket: Ticket; readonly reason: string }
  | { readonly type: 'barrier-open'; readonly barrier: string; readonly parties: readonly string[] }
  | {
      readonly type: 'barrier-arrive';
      readonly ticket: Ticket;
      readonly barrier: string;
      readonly party: string;
      readonly holder: Holder;
    }
  | { readonly type: 'barrier-leave'; readonly barrier: string; readonly party: string }
  | {
      readonly type: 'queue-open';
      readonly queue: string;
      readonly capacity: number;
      readonly retries: number;
      readonly deadLetter?: string | undefined;
    }
  | {
      readonly type: 'queue-put';
      readonly ticket: Ticket;
      readonly queue: string;
      readonly value: Value;
      readonly holder: Holder;
    }
  | { readonly type: 'queue-get'; readonly ticket: Ticket; readonly queue: string; readonly holder: Holder }
  | { readonly type: 'queue-ack'; readonly ticket: Ticket }
  | { readonly type: 'queue-nack'; readonly ticket: Ticket; readonly retries?: number | undefined }
  | { readonly type: 'queue-join'; readonly ticket: Ticket; readonly queue: string; readonly holder: Holder }
  | { readonly type: 'queue-close'; readonly queue: string }
  | { readonly type: 'queue-abandon'; readonly queue: string; readonly reason: string }
  | {
      readonly type: 'cells-change';
      readonly ticket: Ticket;
      readonly compare: readonly { readonly name: string; readonly value: Value }[];
      readonly changes: readonly CellChange[];
    }
  | { readonly type: 'cancel'; readonly ticket: Ticket };

/** An item handed to a consumer. */
export interface QueueItem {
  readonly value: Value;
  /** How many times it was handed out before. */
  readonly tries: number;
}

/** Why a request was refused. */
export type Refusal =
  | 'lost'
  | 'poisoned'
  | 'too-many'
  | 'closed'
  | 'no-consumer'
  | 'unknown-name'
  | 'wrong-type';

/** A request that an operation has answered. */
export type Woken =
  | { readonly ticket: Ticket; readonly answer: 'granted' }
  | { readonly ticket: Ticket; readonly answer: 'item'; readonly item: QueueItem }
  | { readonly ticket: Ticket; readonly answer: 'end' }
  | { readonly ticket: Ticket; readonly answer: 'applied'; readonly applied: boolean }
  | {
      readonly ticket: Ticket;
      readonly answer: 'refused';
      readonly refusal: Refusal;
      readonly reason: string;
    };

/** A granted answer. */
export function granted(ticket: Ticket): Woken {
  return { ticket, answer: 'granted' };
}

/** A refused answer. */
export function refused(ticket: Ticket, refusal: Refusal, reason: string): Woken {
  return { ticket, answer: 'refused', refusal, reason };
}
