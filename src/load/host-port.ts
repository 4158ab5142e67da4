import { isIPv6 } from 'node:net';

/** Splits `name:port`, `[address]:port` or `[address]`; a bare IPv6 address has no port. Ranges stay in the name. */
export function splitHostPort(text: string): { readonly name: string; readonly port?: number } {
  if (isIPv6(text)) return { name: text };
  const bracketed = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(text);
  if (bracketed?.[1] !== undefined && isIPv6(bracketed[1])) return withPort(bracketed[1], bracketed[2]);
  const named = /^(.*[^:]):(\d{1,5})$/.exec(text);
  // A colon inside brackets belongs to a range.
  if (
    named?.[1] === undefined ||
    (named[1].match(/\[/g)?.length ?? 0) !== (named[1].match(/\]/g)?.length ?? 0)
  ) {
    return { name: text };
  }
  return named[1].replace(/\[[^\]]*\]/g, '').includes(':') ? { name: text } : withPort(named[1], named[2]);
}

function withPort(name: string, port: string | undefined): { name: string; port?: number } {
  return port === undefined ? { name } : { name, port: Number(port) };
}
