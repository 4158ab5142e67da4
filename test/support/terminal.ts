import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { untilTrue } from './until-true.ts';

/** A shell on a terminal of its own, where a test types as a person would. */
export interface Terminal {
  /** Types a line and the Enter key. */
  type(text: string): void;
  /** The lines that are to be seen. */
  screen(): readonly string[];
  /** Waits until a line of the screen matches. */
  untilShown(pattern: RegExp): Promise<void>;
  close(): void;
}

/** Why there is no terminal to try; undefined where there is one. */
export function terminalAvailable(): string | undefined {
  return existsSync('/usr/bin/tmux') ? undefined : 'tmux is not installed, so no terminal is tried';
}

/** Opens a terminal of 100 columns whose shell has the environment given. Close it when done. */
export function openTerminal(folder: string, env: Readonly<Record<string, string>>): Terminal {
  const socket = join(folder, 'tmux');
  const tmux = (...args: string[]) => execFileSync('tmux', ['-S', socket, ...args], { encoding: 'utf8' });
  const words = Object.entries({ PS1: '$ ', ...env }).map(([name, value]) => `${name}=${value}`);
  tmux('new-session', '-d', '-s', 'test', '-x', '100', '-y', '50', '-c', folder, 'env', ...words, '/bin/sh');
  const screen = () => tmux('capture-pane', '-p', '-J', '-t', 'test').split('\n');
  return {
    screen,
    type: (text) => {
      tmux('send-keys', '-t', 'test', '-l', text);
      tmux('send-keys', '-t', 'test', 'Enter');
    },
    untilShown: (pattern) =>
      untilTrue(`the screen shows ${pattern}`, async () => screen().some((line) => pattern.test(line))),
    close: () => {
      try {
        tmux('kill-server');
      } catch {
        // It is gone with its last session.
      }
    },
  };
}
