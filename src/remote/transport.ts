/** How a channel ended. Neither set: the connection was lost, and nothing is known about the program. */
export interface ChannelEnd {
  readonly status?: number | undefined;
  readonly signal?: string | undefined;
}

/** What a channel tells its owner. None of them may throw: a throw would end the whole connection. */
export interface ChannelHandlers {
  onStdout(chunk: Buffer): void;
  onStderr(chunk: Buffer): void;
  /** Called once, after the last chunk. */
  onClose(end: ChannelEnd): void;
}

/** A running program on a host: its three streams. Both output streams are always read. */
export interface Channel {
  /** Resolves when more may be written; at once when the channel is closed. Never rejects. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends the program's standard input. */
  end(): void;
  /** Asks the program to wait with its output, as far as the way to it can; and to go on. */
  pause(): void;
  resume(): void;
  /** Closes the channel without waiting for the program. */
  destroy(): void;
}

/** What to start on a host. */
export interface ChannelRequest {
  /** One line for the user's login shell. It must mean the same to every shell. */
  readonly command: string;
  /** With a terminal, for programs that insist on one. Both outputs arrive on stdout then. */
  readonly terminal: boolean;
  /** `control` may use the place that is kept free for ending steps. */
  readonly purpose: 'session' | 'bulk' | 'control';
}

/** A way to start programs on one host as its login user. */
export interface Transport {
  readonly kind: 'ssh' | 'local';
  /** The login user. */
  readonly user: string;
  /** The directory that sessions start in. Default: the home of their user. */
  readonly directory?: string | undefined;
  /**
   * Starts a program. Waits for its turn where the host limits the number of programs.
   *
   * @throws HostError `unreachable` when the connection is lost or the host refuses.
   */
  open(request: ChannelRequest, handlers: ChannelHandlers, signal?: AbortSignal): Promise<Channel>;
  /** Whether programs can be started. */
  readonly isOpen: boolean;
  /** Why the connection ended, once it has. */
  readonly lostBecause: string | undefined;
  /** Ends the connection and all channels at once. */
  destroy(): void;
}
