/** What the connections of a run are made with. */
export interface ConnectionsOptions {
  /** Shell functions of the modules. Sent once per session, behind the session core. */
  readonly shellLibrary: string;
  /** Folder for outputs longer than the inline limit. Created when first needed. */
  readonly spoolDir: string;
  /** Text to use in place of the file at `sshConfigPath`. */
  readonly sshConfigText?: string | undefined;
  /** Default `~/.ssh/config`. */
  readonly sshConfigPath?: string | undefined;
  /** Default `~/.ssh/known_hosts` and `/etc/ssh/ssh_known_hosts`; new keys go into the first. */
  readonly knownHostsFiles?: readonly string[] | undefined;
  /** Default `$HOME`, else the home of the controller's user. */
  readonly home?: string | undefined;
  /** Environment of the controller: for the agent, and for commands on the controller itself. Default `process.env`. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** The directory that commands on the controller itself start in, as whatever user; those who may not enter it, and by default all, start in their home. */
  readonly localDirectory?: string | undefined;
  /** How many connections to one address may be on their way to a login at once. Default 8. */
  readonly maxUnauthenticatedPerAddress?: number | undefined;
  /** For how long a lost connection is tried to be made again while work is in flight. Default 20 s. */
  readonly lostAfterMs?: number | undefined;
  /** How time passes between attempts to connect. Default: in real time. @throws the signal's reason when it is aborted. */
  readonly wait?: ((ms: number, signal: AbortSignal | undefined) => Promise<void>) | undefined;
  /** Is told things that the user should know: settings that are not obeyed, a host without group kill. */
  onNotice?(hostName: string, text: string): void;
}
