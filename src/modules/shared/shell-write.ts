/**
 * `rb_put PATH SUM MODE OWNER KEEP SAME WAY BACKUP VALIDATE` puts the file `$rb_data` in the place of PATH.
 *
 * - SUM: SHA-256 (or SHA-1, by its length) that the data must have; data that stand in `rb_text` as well are compared
 *   with it instead, which starts no process. MODE: final mode, octal. OWNER: for chown, or empty.
 * - KEEP: `uid:gid` of the file that is replaced, empty where there is none. SAME 1: MODE is the mode it has.
 * - WAY: `rename` (whole or not at all) or `write` (into the file that is there).
 * - BACKUP 1: keep a copy beside it. VALIDATE: code that must succeed, with the data in `$rb_data`.
 *
 * The data's file is made with mode 0600 by the session and gets its final owner and mode before it gets its name, so
 * no other user sees the content under a wider mode. The answer is `renamed` or `written`, then the backup's name.
 *
 * `rb_new NAME MODE SUM` does so for a name in the data's directory where nothing is and nothing else is wished, in
 * the session's own shell; with an empty MODE it keeps the one that it has. Only `chmod` is certain to give a mode: where a directory has a default access list, files
 * are made without regard to the umask.
 *
 * `rb_dirs MODE OWNER PATH` makes a directory and its missing parents; one process where no OWNER is given.
 *
 * `rb_make MODE PATH` does so in the session's own shell, under the user's umask.
 *
 * `rb_take SRC DIRECTORY` makes a private copy of a file of the host as `$rb_data`.
 *
 * `rb_clone SRC DEST MODE OWNER` copies a file within the host; MODE and OWNER may be empty: the mode is that of the
 * file that is replaced, else that of SRC.
 *
 * `rb_link -s|'' SRC PATH THERE` makes a link, also in the session's own shell; where THERE says that something is at PATH, beside it and over it.
 */
export const shellWrite: string = `
rb_dress() {
  if [ -n "$rb_keep" ] && ! { [ -O "$rb_p" ] && [ -G "$rb_p" ]; }; then
    chown -- "$rb_keep" "$rb_data" 2>/dev/null || { rb_way=write; return; }
  fi
  [ -z "$rb_owner" ] || chown -- "$rb_owner" "$rb_data" || rb_die 71 ''
  if [ -n "$rb_keep" ]; then
    if [ "$rb_same" = 1 ] && [ -z "$rb_owner" ]; then
      ! cp --attributes-only --preserve=all --no-preserve=timestamps -- "$rb_p" "$rb_data" 2>/dev/null || return 0
    elif [ -e /sys/fs/selinux/enforce ]; then chcon --reference="$rb_p" -- "$rb_data" 2>/dev/null
    fi
  fi
  chmod "$rb_mode" "$rb_data" || rb_die 71 ''
}
rb_rename() {
  if [ -d "$rb_p" ]; then
    [ -L "$rb_p" ] || rb_die 73 'Is a directory'
    rb_e=$(mv -fT -- "$rb_data" "$rb_p" 2>&1) || rb_die 73 "$rb_e"
  else
    rb_e=$(mv -f -- "$rb_data" "$rb_p" 2>&1) || {
      [ -f "$rb_p" ] && [ ! -L "$rb_p" ] && [ -w "$rb_p" ] || rb_die 73 "$rb_e"
      rb_way=write; return
    }
  fi
  if [ -z "$rb_keep" ] && [ -e /sys/fs/selinux/enforce ] && command -v restorecon >/dev/null 2>&1; then
    restorecon -- "$rb_p" >&2
  fi
  rb_say renamed
}
rb_overwrite() {
  if [ "$rb_same" != 1 ]; then chmod "$rb_mode" "$rb_p" || rb_die 71 ''; fi
  [ -z "$rb_owner" ] || chown -- "$rb_owner" "$rb_p" || rb_die 71 ''
  cat -- "$rb_data" >"$rb_p" || rb_die 73 ''
  rm -f -- "$rb_data"
  rb_say written
}
rb_verify() {
  if [ -n "\${rb_text+x}" ]; then
    rb_read "$rb_data"
    [ "$rb_r" = "$rb_text" ]
  else
    rb_tool $rb_a || { rb_say 'none of sha256sum, shasum and openssl is there' >&2; return 1; }
    if [ -n "$rb_cache" ] && { $rb_sum <"$rb_data" >"$rb_cache/s" && read -r rb_s <"$rb_cache/s"; } 2>/dev/null; then :
    else rb_s=$($rb_sum <"$rb_data"); fi
    [ "\${rb_s%% *}" = "$rb_want" ]
  fi
}
rb_put() {
  export LC_ALL=C
  rb_p=$1; rb_want=$2; rb_mode=$3; rb_owner=$4; rb_keep=$5; rb_same=$6; rb_way=$7; rb_backup=$8; rb_validate=$9
  case \${#rb_want} in 40) rb_a=sha1;; *) rb_a=sha256;; esac
  rb_verify || rb_die 75 'the bytes that arrived are not those that were sent'
  [ "$rb_way" = write ] || rb_dress
  if [ -n "$rb_validate" ]; then
    ( eval "$rb_validate" ) </dev/null >&2 || rb_die 76 "validate: exit status $?"
  fi
  rb_b=
  if [ "$rb_backup" = 1 ] && [ -f "$rb_p" ]; then
    rb_b=$rb_p.$$.$(date +%Y-%m-%d@%H:%M:%S)~
    cp -p -- "$rb_p" "$rb_b" || rb_die 72 ''
  fi
  [ "$rb_way" = write ] || rb_rename
  [ "$rb_way" != write ] || rb_overwrite
  rb_say "$rb_b"
}
rb_fail() { rm -f -- "$rb_data"; [ -z "$2" ] || rb_say "$2" >&2; return $1; }
rb_new() {
  rb_a=sha256; rb_want=$3; rb_p=\${rb_dir:-\${rb_data%/*}}/$1
  rb_verify || { rb_fail 75 'the bytes that arrived are not those that were sent'; return; }
  [ -z "$2" ] || LC_ALL=C chmod "$2" "$rb_data" || { rb_fail 71; return; }
  [ ! -d "$rb_p" ] || { rb_fail 73 'Is a directory'; return; }
  LC_ALL=C mv -f -- "$rb_data" "$rb_p" || { rb_fail 73; return; }
  if [ -e /sys/fs/selinux/enforce ] && command -v restorecon >/dev/null 2>&1; then restorecon -- "$rb_p" >&2; fi
  rb_say "renamed$rb_nl"
}
rb_chain() {
  rb_m=$1; rb_d=$2; set -- "$2"
  while :; do
    case $rb_d in ?*/*) rb_d=\${rb_d%/*};; *) break;; esac
    [ ! -d "$rb_d/" ] || break
    set -- "$rb_d" "$@"
  done
  [ $# -gt 1 ] && mkdir -m "$rb_m" -- "$@"
}
rb_dirs() {
  [ ! -d "$3" ] || return 0
  if [ -z "$1$2" ]; then LC_ALL=C mkdir -p -- "$3"; return; fi
  [ -n "$2" ] || ! rb_chain "$1" "$3" 2>/dev/null || return 0
  case $3 in */*) [ -d "\${3%/*}/" ] || rb_dirs "$1" "$2" "\${3%/*}" || return;; esac
  LC_ALL=C mkdir \${1:+-m "$1"} -- "$3" || { [ -d "$3" ]; return; }
  [ -z "$2" ] || chown -- "$2" "$3"
}
rb_make() {
  if [ -n "$rb_umask" ]; then umask "$rb_umask"; fi
  rb_dirs "$1" '' "$2"; rb_e=$?
  if [ -n "$rb_umask" ]; then umask 077; fi
  return $rb_e
}
rb_link() {
  if [ -z "$4" ]; then LC_ALL=C ln $1 -- "$2" "$3"; return; fi
  [ "$4" != directory ] || LC_ALL=C rmdir -- "$3" || return
  rb_t=\${3%/*}/.rb-link.$$
  LC_ALL=C ln $1 -- "$2" "$rb_t" || return
  if [ -d "$3" ]; then LC_ALL=C mv -fT -- "$rb_t" "$3"; else LC_ALL=C mv -f -- "$rb_t" "$3"; fi || { rm -f -- "$rb_t"; return 1; }
}
rb_take() {
  rb_d=\${2:-\${TMPDIR:-/tmp}}
  rb_data=\${rb_d%/}/.rb-copy.$$
  ( umask 077; set -C; { chmod 600 "$rb_data" && cat -- "$1"; } >"$rb_data" ) || rb_die 73 ''
}
rb_clone() {
  rb_p=$2; rb_keep=; rb_data=\${2%/*}/.rb-copy.$$
  if [ -f "$2" ] && [ ! -L "$2" ]; then
    rb_s=$(stat -c '%a %u:%g' -- "$2") || rb_die 71 ''
    rb_keep=\${rb_s#* }
  else rb_s=$(stat -c %a -- "$1") || rb_die 71 ''; fi
  [ ! -d "$2" ] || rb_die 73 'Is a directory'
  (
    umask 077; set -C
    exec 3>"$rb_data" || exit 1
    set +C
    if [ -n "$rb_keep" ] && ! { [ -O "$2" ] && [ -G "$2" ]; }; then chown -- "$rb_keep" "$rb_data" || exit 1; fi
    [ -z "$4" ] || chown -- "$4" "$rb_data" || exit 1
    chmod "\${rb_s%% *}" "$rb_data" && { [ -z "$3" ] || chmod "$3" "$rb_data"; } || exit 1
    cat -- "$1" >&3
  ) || rb_die 73 ''
  mv -f -- "$rb_data" "$2" || rb_die 73 ''
}
`;
