interface Numbered {
  readonly prefix: string;
  readonly digits: string;
  readonly suffix: string;
}

function splitNumber(name: string): Numbered | undefined {
  const match = /^(.*?)(\d+)([^0-9]*)$/.exec(name);
  if (match === null) return undefined;
  return { prefix: match[1] ?? '', digits: match[2] ?? '', suffix: match[3] ?? '' };
}

function foldRun(run: readonly Numbered[]): string {
  const [first] = run;
  const last = run.at(-1);
  if (first === undefined || last === undefined) return '';
  if (run.length === 1) return `${first.prefix}${first.digits}${first.suffix}`;
  return `${first.prefix}[${first.digits}-${last.digits}]${first.suffix}`;
}

function continues(previous: Numbered, next: Numbered): boolean {
  return (
    previous.prefix === next.prefix &&
    previous.suffix === next.suffix &&
    // `web9` goes on as `web10`, but `web09` does so only as `web10` of the same width.
    (previous.digits.length === next.digits.length ||
      !(previous.digits.startsWith('0') || next.digits.startsWith('0'))) &&
    Number(next.digits) === Number(previous.digits) + 1
  );
}

/**
 * Host names in few characters, as cluster tools write them: `web1, web2, web3, db` becomes `web[1-3], db`.
 * Order is kept; only runs of neighbours are folded.
 */
export function foldHosts(names: readonly string[]): string {
  const parts: string[] = [];
  let run: Numbered[] = [];
  const flush = () => {
    if (run.length > 0) parts.push(foldRun(run));
    run = [];
  };
  for (const name of names) {
    const numbered = splitNumber(name);
    const previous = run.at(-1);
    if (numbered === undefined) {
      flush();
      parts.push(name);
      continue;
    }
    if (previous !== undefined && !continues(previous, numbered)) flush();
    run.push(numbered);
  }
  flush();
  return parts.join(', ');
}

/** Host names where they fit into `width` columns, else how many there are: `38 hosts`. */
export function describeHosts(names: readonly string[], width = 60): string {
  const folded = foldHosts(names);
  if (names.length === 1 || folded.length <= width) return folded;
  return `${names.length} hosts`;
}
