import { shellProbe } from './shell-probe.ts';
import { shellTree } from './shell-tree.ts';
import { shellWrite } from './shell-write.ts';

/**
 * Functions of POSIX sh that modules call on the host; a session loads them once. All names begin with `rb_`.
 * They need `sh`, the POSIX utilities and one of sha256sum, shasum, openssl. Loading it starts no process.
 */
const shellBase = `
rb_nl='
'
rb_data=
[ -n "$rb_printf" ] || rb_printf=$(command -v printf)
if [ "$rb_printf" = printf ]; then rb_say() { printf '%s\\n' "$1"; }
elif command -v print >/dev/null 2>&1; then rb_say() { print -r -- "$1"; }
else rb_say() { printf '%s\\n' "$1"; }; fi
if command -v sha256sum >/dev/null 2>&1; then rb_sums=sums
elif command -v shasum >/dev/null 2>&1; then rb_sums=shasum
elif command -v openssl >/dev/null 2>&1; then rb_sums=openssl
else rb_sums=; fi
rb_tool() {
  case $rb_sums in
    sums) rb_sum="$1"sum; command -v "$rb_sum" >/dev/null 2>&1;;
    shasum) case $1 in md5) rb_sum='openssl dgst -md5 -r';; *) rb_sum="shasum -a \${1#sha}";; esac;;
    openssl) rb_sum="openssl dgst -$1 -r";;
    *) rb_sum=; return 1;;
  esac
}
rb_read() {
  rb_r=
  while IFS= read -r rb_l; do rb_r=$rb_r$rb_l$rb_nl; done <"$1"
  rb_r=$rb_r$rb_l
}
rb_die() {
  [ -z "$rb_data" ] || rm -f -- "$rb_data"
  rb_say "$2" >&2
  exit "$1"
}
`;

/** The whole library, ready to be read by the session's shell. */
export const shellLibrary: string = `${shellBase}${shellProbe}${shellWrite}${shellTree}`;
