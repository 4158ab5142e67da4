/**
 * `rb_tree PATH` describes all that lies below a directory: for each entry a line of stat, `:./name//`. Starts two
 * processes, more only for very many entries.
 *
 * `rb_many PATH...` describes many paths: a line of kinds, one letter a path (`a` absent, `f` file, `d` directory,
 * `l` link, `o` other; a link to a directory is `d`), then a line of stat for each that is there. One process.
 *
 * `rb_differ SRC DEST` prints DEST as an absolute path and `//`, then for each directory below SRC (itself included)
 * that DEST lacks, and each file that DEST lacks or has with other content, `d ./name` or `f ./name` and `//`.
 *
 * `rb_sums PATH...` prints a line that begins with the SHA-256 of each file, in their order.
 */
export const shellTree: string = `
rb_tree() {
  export LC_ALL=C
  cd -- "$1" && find . ! -name . -exec stat -c "$rb_format:%n//" -- {} +
}
rb_many() {
  export LC_ALL=C
  rb_k=; rb_i=0; rb_n=$#
  while [ $rb_i -lt $rb_n ]; do
    rb_p=$1; shift; rb_i=$((rb_i+1))
    if [ -d "$rb_p" ]; then rb_k=$rb_k'd'
    elif [ -L "$rb_p" ]; then rb_k=$rb_k'l'
    elif [ -f "$rb_p" ]; then rb_k=$rb_k'f'
    elif [ -e "$rb_p" ]; then rb_k=$rb_k'o'
    else rb_k=$rb_k'a'; continue; fi
    set -- "$@" "$rb_p"
  done
  rb_say "rb1 $rb_k"
  [ $# -eq 0 ] || stat -c "$rb_format" -- "$@"
}
rb_sums() {
  export LC_ALL=C
  rb_tool sha256 || rb_die 74 'none of sha256sum, shasum and openssl is there'
  case $* in
    *"$rb_nl"*) for rb_p in "$@"; do $rb_sum <"$rb_p" || return; done;;
    *) $rb_sum "$@";;
  esac
}
rb_differ() {
  export LC_ALL=C
  rb_absolute "$2"
  rb_say "$rb_p$rb_nl//"
  cd -- "$1" || return
  find -L . -type d -exec sh -c 'd=$1; shift; for f do [ -d "$d/$f" ] || printf "%s\\n" "d $f" "//"; done' sh "$rb_p" {} + &&
  find -L . -type f -exec sh -c 'd=$1; shift; for f do cmp -s -- "$f" "$d/$f" || printf "%s\\n" "f $f" "//"; done' sh "$rb_p" {} +
}
`;
