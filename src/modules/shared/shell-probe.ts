/**
 * `rb_probe PATH FOLLOW LIMIT SIZE WHO ALGORITHM NAME` describes a path. At most one process for what is there, and one
 * more for its content (regular and at most LIMIT bytes) or its checksum (regular and SIZE bytes, `*`: any size).
 * NAME is appended when PATH is a directory. FOLLOW 1 resolves a link. WHO 0 leaves out, for an absent path, the owner
 * of new files. Words may be left out at the end. The answer:
 *
 *     rb1 present|absent PARENT FLAGS GOT
 *     the umask
 *     a line of stat (present; it stands last where nothing is got of a file that is no link)
 *     the absolute path, then a line //
 *     for a link: where it leads at last (after `rb_deep=1`, else empty), //, its text, //
 *     the checksum's line, or the content's bytes (those of a short file also where the checksum is asked: reading them
 *     starts no process); absent: a line of stat of the session's user, and one of the nearest directory where that is
 *     set-group-ID
 *
 * After `rb_last=1` the call is the last of its request: its last process takes the place of the shell's child.
 * `rb_look` is the same in the session's own shell: nothing is exported, nothing ends the shell, and no process is
 * forked for what a process can write into the session's directory.
 *
 * `rb_describe PATH FOLLOW MIME ATTRIBUTES` prints two lines: what `file` and what `lsattr` say, empty where they are
 * not asked, not installed or fail.
 *
 * `rb_lead PATH SRC KIND` tells what a link is planned from: a line of what SRC is (a line of stat, links followed;
 * empty: nothing), a line `empty` where PATH is a directory that holds nothing; then SRC itself and `//`; then what
 * `rb_look PATH 0` tells. SRC is seen from the link's directory where KIND is `symbolic`, else from the session's. One
 * process describes both the link and SRC where the link leads to SRC as it stands.
 */
export const shellProbe: string = `
rb_format=%f:%u:%g:%s:%d:%i:%h:%X:%Y:%Z:%b:%o:%t:%T:%U:%G:%x:%y:%z
rb_last= rb_inside= rb_deep= rb_known=
rb_has_stat=; if command -v stat >/dev/null 2>&1; then rb_has_stat=1; fi
rb_absolute() {
  rb_p=$1
  case $rb_p in /*) ;; *) rb_p=$PWD/$rb_p;; esac
  while :; do case $rb_p in ?*/) rb_p=\${rb_p%/};; *) break;; esac; done
}
rb_there() { [ -e "$1" ] || [ -L "$1" ]; }
rb_parent() {
  rb_d=\${rb_p%/*}; rb_d=\${rb_d:-/}; rb_in=directory
  while ! rb_there "$rb_d"; do rb_in=missing; rb_d=\${rb_d%/*}; rb_d=\${rb_d:-/}; done
  if [ ! -d "$rb_d" ]; then rb_in=other; elif [ ! -x "$rb_d" ]; then rb_in=closed; fi
}
rb_flags() {
  rb_f=-
  [ ! -r "$rb_p" ] || rb_f=$rb_f'r'
  [ ! -w "$rb_p" ] || rb_f=$rb_f'w'
  [ ! -x "$rb_p" ] || rb_f=$rb_f'x'
  [ ! -O "$rb_p" ] || rb_f=$rb_f'O'
  [ ! -w "$rb_d" ] || rb_f=$rb_f'W'
}
rb_into() {
  rb_s=
  [ -n "$rb_inside" ] && [ -n "$rb_cache" ] || return
  { LC_ALL=C "$@" >"$rb_cache/s"; } 2>/dev/null || return
  { read -r rb_s <"$rb_cache/s"; } 2>/dev/null || { rb_s=; return 1; }
}
rb_stat() {
  if [ -n "$rb_known" ]; then rb_s=$rb_known
  else rb_into stat -c "$rb_format" -- "$1" || rb_s=$(LC_ALL=C stat -c "$rb_format" -- "$1" 2>/dev/null) || rb_s=; fi
  if [ -n "$rb_s" ]; then rb_size=\${rb_s#*:*:*:}; rb_size=\${rb_size%%:*}; return; fi
  rb_s=$(LC_ALL=C ls -ldn -- "$1") || return
  set -f; set -- $rb_s; set +f
  rb_size=$5; rb_s="ls:$1:$2:$3:$4:$5"
}
rb_links() {
  [ -z "$rb_known" ] || { rb_target=$rb_leads; return; }
  if [ "$1$rb_deep" != 0 ]; then
    rb_source=$(readlink -f -- "$rb_p"; echo /); rb_source=\${rb_source%/}; rb_source=\${rb_source%"$rb_nl"}
  fi
  [ "$1" = 1 ] || { rb_target=$(readlink -- "$rb_p"; echo /); rb_target=\${rb_target%"$rb_nl"/}; return; }
  [ -z "$rb_source" ] || { rb_p=$rb_source; rb_source=; }
}
rb_choose() {
  [ -f "$rb_p" ] && [ ! -L "$rb_p" ] || return 0
  if [ "$1" -ge 0 ] && [ "$rb_size" -le "$1" ] 2>/dev/null; then rb_got=content
  elif [ "$2" = '*' ] || [ "$2" = "$rb_size" ]; then rb_got=sum
  else return 0; fi
  if [ ! -r "$rb_p" ]; then rb_got=unreadable
  elif [ $rb_got = sum ]; then rb_tool "$3" || rb_got=tool; fi
}
rb_self() {
  if [ -z "$rb_cache" ] || [ -g "$rb_d" ]; then
    rb_final stat -c "$rb_format" -- /proc/self/ "$rb_d" 2>/dev/null
    return
  fi
  if [ ! -s "$rb_cache/self" ]; then
    { stat -c "$rb_format" -- /proc/self/ "$rb_cache/y" "$rb_cache/e" >"$rb_cache/self"; } 2>/dev/null
  fi
  { read -r rb_l <"$rb_cache/self"; } 2>/dev/null && rb_say "$rb_l"
}
rb_short() {
  [ -n "$rb_last$rb_inside" ] || return
  case $rb_got in content|sum) ;; *) return;; esac
  [ "$rb_size" -le 1024 ] 2>/dev/null || return
  rb_read "$rb_p" 2>/dev/null
  if [ \${#rb_r} = "$rb_size" ] && [ "$rb_printf" = printf ]; then rb_got=text; fi
}
rb_final() { if [ -n "$rb_last" ]; then exec "$@"; else LC_ALL=C "$@"; fi; }
rb_probe() {
  [ -n "$rb_inside" ] || export LC_ALL=C
  rb_absolute "$1"
  if [ -n "$7" ] && [ -d "$rb_p" ]; then rb_p=\${rb_p%/}/$7; fi
  rb_source=; rb_target=; rb_got=none; rb_s=
  [ ! -L "$rb_p" ] || rb_links "$2"
  rb_parent
  rb_flags
  if rb_there "$rb_p"; then
    if [ "\${3:--1}$4" = -1 ] && [ ! -L "$rb_p" ] && [ -n "$rb_has_stat" ]; then
      rb_say "rb1 present $rb_in $rb_f none"
      rb_say "\${rb_umask:-$(umask)}"
      rb_say "$rb_p$rb_nl//"
      rb_final stat -c "$rb_format" -- "$rb_p"
      return
    fi
    rb_stat "$rb_p" || return
    rb_choose "\${3:--1}" "$4" "\${6:-sha256}"
    rb_short
    rb_say "rb1 present $rb_in $rb_f $rb_got"
    rb_say "\${rb_umask:-$(umask)}"
    rb_say "$rb_s"
  else
    rb_say "rb1 absent $rb_in $rb_f none"
    rb_say "\${rb_umask:-$(umask)}"
    rb_say "$rb_p$rb_nl//"
    [ "$5" = 0 ] || rb_self
    return
  fi
  rb_say "$rb_p$rb_nl//"
  [ ! -L "$rb_p" ] || rb_say "$rb_source$rb_nl//$rb_nl$rb_target$rb_nl//"
  case $rb_got in
    text) printf %s "$rb_r";;
    content) rb_final cat -- "$rb_p";;
    sum) rb_final $rb_sum <"$rb_p";;
  esac
}
rb_look() {
  rb_last= rb_inside=1
  rb_probe "$@"; rb_e=$?
  rb_inside=
  return $rb_e
}
rb_describe() {
  export LC_ALL=C
  rb_absolute "$1"
  rb_mime=; rb_attr=; rb_l=
  [ "$2" != 1 ] || rb_l=-L
  if [ "$3" = 1 ] && rb_there "$rb_p" && command -v file >/dev/null 2>&1; then
    rb_mime=$(file -b $rb_l --mime-type --mime-encoding -- "$rb_p" 2>/dev/null)
  fi
  if [ "$4" = 1 ] && command -v lsattr >/dev/null 2>&1; then
    if [ -f "$rb_p" ] || [ -d "$rb_p" ]; then [ -L "$rb_p" ] || rb_attr=$(lsattr -vd -- "$rb_p" 2>/dev/null); fi
  fi
  rb_say "\${rb_mime%%"$rb_nl"*}"
  rb_say "\${rb_attr%%"$rb_nl"*}"
}
rb_both() {
  case $rb_p$rb_f in *"$rb_nl"*) return 1;; esac
  [ -L "$rb_p" ] && [ ! -L "$rb_f" ] && rb_into stat -c "$rb_format//%N" -- "$rb_f" "$rb_p" || return
  { read -r rb_l && read -r rb_l; } <"$rb_cache/s" && [ "\${rb_l#*//}" = "'$rb_p' -> '$1'" ] || return
  rb_s=\${rb_s%%//*}; rb_known=\${rb_l%%//*}; rb_leads=$1
}
rb_lead() {
  rb_inside=1 rb_known=
  rb_absolute "$1"; rb_f=$2
  if [ "$3" = symbolic ]; then
    case $2 in /*) ;; *)
      if [ -d "$rb_p" ] && [ ! -L "$rb_p" ]; then rb_f=$rb_p/$2; else rb_f=\${rb_p%/*}/$2; fi;;
    esac
  else case $2 in /*) ;; *) rb_f=$PWD/$2;; esac
  fi
  if [ -z "$2" ] || [ ! -e "$rb_f" ]; then echo
  elif rb_both "$2"; then rb_say "$rb_s"
  else LC_ALL=C stat -Lc "$rb_format" -- "$rb_f"; fi
  if [ -d "$rb_p" ] && [ ! -L "$rb_p" ] && rb_e=$(LC_ALL=C ls -A -- "$rb_p") && [ -z "$rb_e" ]; then
    echo empty
  else echo; fi
  rb_say "$2$rb_nl//"
  rb_look "$1" 0; rb_known=
  return $rb_e
}
`;
