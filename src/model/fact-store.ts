import type { ResultFields } from './module.ts';

/** Keeps the facts of hosts from run to run, under the names that Ansible gives them. */
export interface FactStore {
  /** What is kept of a host; undefined where nothing is, or it is too old. */
  read(host: string): ResultFields | undefined;
  /** Keeps all facts of a host, in the place of what was kept before. They are written soon; see `settled`. */
  write(host: string, facts: ResultFields): void;
  /** Forgets a host. */
  forget(host: string): void;
  /** Resolves when all that was asked for is done. Never rejects. */
  settled(): Promise<void>;
}
