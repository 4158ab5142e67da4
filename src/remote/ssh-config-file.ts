import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import SSHConfig from 'ssh-config';
import { expandHome } from './expand-path.ts';

/** Where the client configuration comes from. */
export interface SshConfigSource {
  readonly text?: string | undefined;
  readonly path: string;
  readonly home: string;
  /** Told once about each thing in the file that is not obeyed. */
  onNotice(text: string): void;
}

/** The settings of the client configuration for one host; keys in lower case. */
export type SshConfigEntry = Readonly<Record<string, readonly string[]>>;

/** OpenSSH's client configuration, asked host by host. Nothing in it is ever run. */
export interface SshConfigFile {
  entryFor(host: string, user: string | undefined): SshConfigEntry;
}

const includeDepthLimit = 16;

/** Directives that would start a program while settings are computed. */
const removedDirectives = /^\s*(canonicalizehostname|canonicaldomains)\b.*$/gim;

/** Reads the configuration. A file that does not exist is an empty one. */
export function readSshConfig(source: SshConfigSource): SshConfigFile {
  const text = source.text ?? readText(source.path) ?? '';
  const expanded = expandIncludes(text, source.home, 0).replace(removedDirectives, '');
  noticeIgnored(expanded, source);
  const config = SSHConfig.parse(expanded);
  return { entryFor: (host, user) => computeEntry(config, host, user) };
}

function computeEntry(config: SSHConfig, host: string, user: string | undefined): SshConfigEntry {
  const options = user === undefined ? { Host: host } : { Host: host, User: user };
  const computed: Record<string, string | string[]> = config.compute(options, {
    ignoreCase: true,
    matchExec: false,
  });
  const entries = Object.entries(computed).map(
    ([key, value]) => [key, Array.isArray(value) ? value : [value]] as const,
  );
  return Object.fromEntries(entries);
}

function noticeIgnored(text: string, source: SshConfigSource): void {
  const ignored: readonly (readonly [RegExp, string])[] = [
    [/^\s*match\b.*\bexec\b/im, 'Match exec is never run: its block does not apply'],
    [/^\s*localcommand\b/im, 'LocalCommand is never run'],
    [/^\s*proxycommand\b(?!\s+none\s*$)/im, 'ProxyCommand is not supported: use ProxyJump'],
  ];
  for (const [pattern, message] of ignored)
    if (pattern.test(text)) source.onNotice(`${source.path}: ${message}`);
}

/** Puts included files in place. The section that an Include stands in goes on behind it. */
function expandIncludes(text: string, home: string, depth: number): string {
  let section = 'Host *';
  const lines: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(host|match)\s/i.test(line)) section = line.trim();
    const include = /^\s*include[\s=]+(.+)$/i.exec(line)?.[1];
    if (include === undefined || depth >= includeDepthLimit) {
      lines.push(line);
      continue;
    }
    for (const pattern of include.trim().split(/\s+/)) {
      for (const path of includedFiles(pattern.replaceAll('"', ''), home)) {
        lines.push(expandIncludes(readText(path) ?? '', home, depth + 1));
      }
    }
    lines.push(section);
  }
  return lines.join('\n');
}

function includedFiles(pattern: string, home: string): string[] {
  const expanded = expandHome(pattern, home);
  const path = isAbsolute(expanded) ? expanded : join(home, '.ssh', expanded);
  const name = basename(path);
  if (!/[*?]/.test(name)) return [path];
  const source = name
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  try {
    const names = readdirSync(dirname(path)).filter(
      (file) => !file.startsWith('.') && new RegExp(`^${source}$`).test(file),
    );
    return names.sort().map((file) => join(dirname(path), file));
  } catch {
    return [];
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
