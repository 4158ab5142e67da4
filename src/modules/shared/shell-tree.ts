/**
 * `rb_tree PATH` describes all that lies below a directory: for each entry a line of stat, `:./name//`. Starts two
 * processes, more only for very many entries.
 *
 * `rb_many PATH...` describes many paths: a line of kinds, one letter a path (`a` absent, `f` file, `d` directory,
 * `l` link, `o` other), then a line of stat for each that is there. One process.
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
    if [ -L "$rb_p" ]; then rb_k=$rb_k'l'
    elif [ -f "$rb_p" ]; then rb_k=$rb_k'f'
    elif [ -d "$rb_p" ]; then rb_k=$rb_k'd'
    elif [ -e "$rb_p" ]; then rb_k=$rb_k'o'
    else rb_k=$rb_k'a'; continue; fi
    set -- "$@" "$rb_p"
  done
  rb_say "rb1 $rb_k"
  [ $# -eq 0 ] || stat -c "$rb_format" -- "$@"
}
`;
