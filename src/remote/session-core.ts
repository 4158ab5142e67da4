/**
 * The shell side of a session: what is sent once, right after the hello token. POSIX sh; runs on dash, bash, busybox
 * ash, mksh, ksh93 and zsh. Names that begin with `__` are the session's own.
 *
 * Rules that it keeps: markers are written by `echo`, which is a builtin everywhere; a redirection that may fail never
 * stands on a special builtin, which would end dash; a step's stdin is never the channel; the frame key stands in
 * no argument and no environment; nothing is started once `stop` exists in the session's directory; data outside of
 * that directory are written into files that have their mode already, as a default access list overrides the umask.
 * `cp` makes a file with the mode of its source or less from the first, which no redirection does; its source gets its
 * mode by `chmod` as well, as the directory may be below such a list too. Neither is needed for data that may be staged:
 * they are made in the session's directory where its mount is that of the place they go to, of a kind where a rename is
 * whole, and two files that were made there under different umasks prove that no such list is above it.
 */
export const sessionCore: string = `
unset ENV BASH_ENV CDPATH
set +e +u +x +f
IFS=' 	
'
__N='
'
__S= __J= __in=/dev/null __D=
for __d in /tmp "$XDG_RUNTIME_DIR" /dev/shm "$HOME" /var/tmp; do
 [ -n "$__d" ] || continue
 __D=$__d/.rb-$__I
 if mkdir -m 700 "$__D"; then
  if { echo 0 >"$__D/n"; }; then break; fi
  rm -rf "$__D"
 fi
 __D=
done 2>/dev/null
[ -n "$__D" ] || { echo "$__K E 0 nodir"; exit 1; }
rb_cache=$__D
umask >"$__D/u"; read -r __u <"$__D/u"; rb_umask=$__u
umask 022; true >"$__D/y"; umask 077
true >"$__D/e" >"$__D/z"
command -v setsid >"$__D/s" 2>/dev/null && read -r __S <"$__D/s"
if [ ! -x "$__S" ]; then __S=
 if command -v perl >"$__D/s" 2>/dev/null && read -r __S <"$__D/s" && [ -x "$__S" ]; then
  __S="$__S -e require+POSIX;POSIX::setsid();exec{\\$ARGV[0]}@ARGV"
 else __S=
  { set -m; } 2>/dev/null; case $- in *m*) __J=1; set +m;; esac
 fi
fi
__P=; command -v printf >"$__D/s" && read -r __P <"$__D/s"; rb_printf=$__P; [ "$__P" = printf ] || __P=
__B= __T= __l= __z= __h=
{ read -r __B </proc/sys/kernel/random/boot_id; } 2>/dev/null
{ read -r __l </proc/$$/stat; } 2>/dev/null
set -- \${__l##*') '}; __T=\${20}
set --
echo "$$ \${__T:--} \${__B:--}" >"$__D/p"
cd 2>/dev/null || cd /
__dd() {
 if [ -n "$__F" ]; then __t=$(dd bs=$2 count=$1 $__F 2>&1 >>"$3"); __s=$?; __k=$1
 else __k=$(($1*$2)); __t=$(dd bs=1 count=$__k 2>&1 >>"$3"); __s=$?; fi
 __n=\${__t%%+*}; __n=\${__n##*$__N}; __a=\${__t#*+}; __a=\${__a%%[!0-9]*}
 case $__n in ''|*[!0-9]*) __n=0;; esac
 if [ $__s -ne 0 ] || [ "$__n+$__a" != $__k+0 ]; then
  __e=1; __M=$__t
  if [ $__n -lt $__k ]; then
   if [ -n "$__F" ]; then dd bs=$2 count=$(($1-$__n)) $__F; else dd bs=1 count=$(($__k-$__n)); fi >/dev/null 2>&1
  fi
 fi; }
__mnt() { while read -r __a __b; do [ "$__a" != mnt_id: ] || __m=$__b; done </proc/self/fdinfo/7; }
__own() {
 __h=n __a=
 [ ! -e /sys/fs/selinux/enforce ] || return
 { read -r __a; read -r __a; read -r __b; } <"$rb_cache/self" || return
 case $__a,$__b in 81a4:*,8180:*) ;; *) return;; esac
 __m=; { __mnt; } 7<"$__D/z"
 [ -n "$__m" ] || return
 while read -r __a __b; do
  [ "$__a" != "$__m" ] || case $__b in *' - ext'[234]' '*|*' - xfs '*|*' - tmpfs '*|*' - overlay '*|*' - f2fs '*) __h=$__m;; esac
 done </proc/self/mountinfo; } 2>/dev/null
__stage() {
 case $__c in 6[0246][0246]) ;; *) return 1;; esac
 [ -s "$rb_cache/self" ] || return
 [ -n "$__h" ] || __own
 __f=\${rb_data%/*}; __f=\${__f:-/}
 [ "$__h" != n ] && [ -d "$__f" ] && [ -w "$__f" ] && [ ! -g "$__f" ] || return
 __m=; { { __mnt; } 7<"$__f"; } 2>/dev/null
 [ "$__m" = "$__h" ] && rb_dir=$__f rb_data=$__D/d$1; }
__mk() {
 if [ -n "$rb_dir" ]; then
  __s=0; umask $((666-$2)); set -C; { true >"$1"; } 2>|"$__D/m" || __s=1; set +C; umask 077
 elif [ "$2" = 600 ]; then
  [ -n "$__z" ] || { chmod 600 "$__D/z" </dev/null 2>/dev/null && __z=1; }
  LC_ALL=C cp "$__D/z" "$1" </dev/null 2>"$__D/m"; __s=$?
 else
  __s=0; set -C; { true >"$1"; } 2>|"$__D/m" || __s=1; set +C
  if [ $__s -eq 0 ] && [ -n "$2" ]; then LC_ALL=C chmod "$2" "$1" </dev/null 2>"$__D/m" || { __s=1; rm -f "$1"; }; fi
 fi
 [ $__s -eq 0 ] || read -r __M <"$__D/m"
 return $__s; }
__rd() {
 __e=0; __o=$2
 __mk "$2" "$3" || { __e=1; __o=/dev/null; }
 if [ $1 -ge 65536 ]; then __dd $(($1/65536)) 65536 "$__o"; fi
 if [ $(($1%65536)) -gt 0 ]; then __dd 1 $(($1%65536)) "$__o"; fi
 [ $__e -eq 0 ] || [ "$__o" = /dev/null ] || rm -f "$2"
 return $__e; }
__wr() {
 __mk "$1" "$3" || return 1
 __e=0
 { printf %s "$2" >>"$1"; } 2>"$__D/m" || { __e=1; read -r __M <"$__D/m"; rm -f "$1"; }
 return $__e; }
__no() { echo "$__K O $1"; [ -z "$3" ] || echo "$3"; echo "$__K E $1 $2"; }
__pos() { __p= __q=; if [ -r /proc/self/fdinfo/2 ]; then read -r __a __p </proc/self/fdinfo/1; read -r __a __q </proc/self/fdinfo/2; fi; }
__cat() {
 if [ -n "$__P" ] && [ "\${2:-0}" -gt 0 ] && [ "$2" -le 2048 ]; then
  __t=; while IFS= read -r __l; do __t=$__t$__l$__N; done <"$1"
  __t=$__t$__l
  if [ \${#__t} = "$2" ]; then printf %s "$__t"; return; fi
 fi
 cat "$1"; }
__y() {
 if [ ! -s "$__D/o$1" ]; then :
 elif [ -n "$__V" ]; then
  while IFS= read -r __l; do printf '%s\\n' "$__l"; done <"$__D/o$1"
  [ -z "$__l" ] || printf %s "$__l"
 else __cat "$__D/o$1" "$__p"; fi
 if [ -s "$__D/e$1" ]; then echo "$__K O $1"; __cat "$__D/e$1" "$__q"; echo "$__K E $1 $__r$__w"
 else echo "$__K O $1$__N$__K E $1 $__r$__w"; fi; }
__x() {
 { echo $1 >"$__D/n"; } 2>/dev/null || { __no $1 251 "cannot write to $__D"; return; }
 if [ -e "$__D/stop" ] || [ -e "$__D/k$1" ]; then echo skip >"$__D/r$1"; __no $1 skip; return; fi
 __w= __W= __p= __q=
 if [ -n "$3" ]; then
  ( exec $__S /bin/sh -c "$__WD" sh $3 $4 $$ "$__D" $1 "$__I.$1." ) </dev/null >/dev/null 2>&1 & __W=$!
 fi
 [ -z "$__J" ] || set -m
 if [ -n "$__Q" ]; then { eval "$2"; } <"$__in" >"$__D/o$1" 2>"$__D/e$1"; __r=$?
 else { ( umask $__u; eval "$2" ); __r=$?; __pos; } <"$__in" >"$__D/o$1" 2>"$__D/e$1"; fi
 [ $__r -lt 257 ] || __r=$(($__r-128))
 [ -z "$__J" ] || set +m
 [ -e "$__D/e$1" ] || { __no $1 251 "cannot write to $__D"; return; }
 if [ -n "$__W" ]; then
  if [ -e "$__D/t$1" ]; then wait $__W; __w=' timeout'
  else kill -s KILL $__W; kill -KILL -$__W; wait $__W; fi 2>/dev/null
 fi
 { echo "$__r$__w" >"$__D/r$1"; } 2>/dev/null || __w="$__w full"
 __y $1; }
__l() {
 { echo $1 >"$__D/l"; } 2>/dev/null
 if [ -e "$__D/k$1" ]; then __no $1 skip; return; fi
 if [ -n "$__Q" ]; then { eval "$2"; } </dev/null 2>"$__D/e"
 else ( umask $__u; eval "$2" ) </dev/null 2>"$__D/e"; fi
 __r=$?
 echo "$__K O $1"
 if [ -s "$__D/e" ]; then cat "$__D/e"; fi
 echo "$__K E $1 $__r"; }
__go() {
 __q= __c= rb_data= rb_dir= __in=/dev/null __M= __V= __Q=; unset rb_text
 if [ "$3" != - ]; then
  if [ "$4" = . ]; then rb_data=$__D/i$2; else __c=\${4%%:*} rb_data=\${4#*:}
   case $__c in *s) __c=\${__c%s}; __stage $2;; esac
  fi
  case $3 in
  +) ;;
  =) rb_text=\${10}; __wr "$rb_data" "$rb_text" "$__c" || __q=1;;
  *) __rd $3 "$rb_data" "$__c" || __q=1;;
  esac
 fi
 [ "$5" = - ] || __rd $5 "$__D/c$2" || __q=1
 if [ "$6" = - ]; then __b=$7
 else
  if [ -n "$__F" ]; then __b=$(dd bs=$6 count=1 $__F 2>/dev/null); else __b=$(dd bs=1 count=$6 2>/dev/null); fi
  case $__b in *"#$__K") ;; *) __no $2 short; return;; esac
 fi
 if [ -n "$__q" ]; then __no $2 251 "$__M"; return; fi
 case $1 in
 x) [ -z "$rb_data" ] || __in=$rb_data; __x $2 "$__b" $8 $9;;
 w) __V=$__P; __x $2 "export LC_ALL=C;$__b";;
 W) __V=$__P __Q=1; __x $2 "$__b";;
 l) __l $2 "export LC_ALL=C;$__b";;
 L) __Q=1; __l $2 "$__b";;
 esac
 case $1$3 in [wWlL]*|*+) [ -z "$rb_data" ] || [ ! -e "$rb_data" ] || rm -f "$rb_data";; esac; }
__wipe() { for __f in i o e c d; do [ ! -e "$__D/$__f$1" ] || true >"$__D/$__f$1"; done; }
__rm() { __a=$1 __f=; while [ $__a -le $2 ]; do __f="$__f i$__a o$__a e$__a r$__a c$__a d$__a t$__a k$__a"; __a=$((__a+1)); done; ( cd "$__D" && exec rm -f $__f ); }
__st() {
 [ -d "$1" ] || { echo gone; return; }
 true >"$1/stop"
 __n= __r=; { read -r __n <"$1/n"; read -r __r <"$1/r$2"; } 2>/dev/null
 if [ -n "$__r" ]; then echo "done $__r"; return; fi
 case $__n in ''|*[!0-9]*) echo unknown; return;; esac
 if [ $__n -lt $2 ]; then echo never; return; fi
 __l=; { read -r __l </proc/$3/stat; } 2>/dev/null
 set -- "$1" "$2" "$3" "$4" "$5" \${__l##*') '}
 if [ "$5" = "\${__B:--}" ] && kill -0 $3 2>/dev/null && [ "\${25:--}" = "$4" ]; then echo running; else
  read -r __r <"$1/r$2" && { echo "done $__r"; return; }
  echo unknown; fi; } 2>/dev/null
__cx() {
 true >"$1/k$3"; __n=0 __l=; { read -r __n <"$1/n"; read -r __l <"$1/l"; } 2>/dev/null
 case $4 in
 [lL]) [ "$__l" = $3 ] && [ "$__n" -lt $3 ] || return 0;;
 *) [ "$__n" = $3 ] && [ ! -e "$1/r$3" ] || return 0;;
 esac
 eval "$__KF"; __end $2 0 "$5" $6; }
__ck() { eval "$__KF"; __end $1 0 "$2" $3 $1; }
__KF='
__ls() { __A=
 if [ -r /proc/self/stat ]; then
  for __f in /proc/[0-9]*/stat; do
   { read -r __l <"$__f"; } 2>/dev/null || continue
   __p=\${__f#/proc/}; __p=\${__p%/stat}
   set -- \${__l##*") "}
   __A="$__A $__p:$2:$3"
  done
 else
  __A=" "$(ps -A -o pid= -o ppid= -o pgid= | while read -r __p __q __g; do echo "$__p:$__q:$__g"; done)
 fi; }
__fam() {
 __X=
 for __f in $(grep -lF "$3" /proc/[0-9]*/environ 2>/dev/null); do __f=\${__f#/proc/}; __X="$__X \${__f%/environ}"; done
 __ls
 __m=\${__A#*" $1:"}; __m=\${__m%%" "*}; __m=\${__m#*:}
 __n=1
 while [ $__n = 1 ]; do __n=0
  for __e in $__A; do
   __p=\${__e%%:*} __q=\${__e#*:}; __g=\${__q#*:} __q=\${__q%%:*}
   case "$__p" in $1|$2|$$) continue;; esac
   case " $__P " in *" $__p "*) continue;; esac
   __h=
   case " $1 $__P $__X " in *" $__q "*|*" $__p "*) __h=1;; esac
   case " $__G $5 " in *" $__g "*) __h=1;; esac
   [ -n "$__h" ] || continue
   __P="$__P $__p" __n=1
   case " $__m $__G " in *" $__g "*) ;; *) __G="$__G $__g";; esac
  done
 done; }
__sig() { for __g in $__G; do kill -$1 -$__g; done; [ -z "$__P" ] || kill -s $1 $__P; } 2>/dev/null
__alive() {
 for __p in $__P; do
  kill -0 $__p 2>/dev/null || continue
  __l=; { read -r __l </proc/$__p/stat; } 2>/dev/null
  case \${__l##*") "} in Z*|X*) ;; *) return 0;; esac
 done; return 1; }
__end() {
 __P= __G=; __fam "$@"; __sig TERM; __i=0
 while [ $__i -lt $4 ] && __alive; do sleep 0.1 2>/dev/null || { sleep 1; __i=$((__i+9)); }; __i=$((__i+1)); done
 __fam "$@"; __sig KILL; }
'
__WD="$__KF"'
sleep $1 2>/dev/null || sleep $2
[ -e "$4/r$5" ] && exit 0
echo >"$4/t$5"
__end $3 $$ "$6" 50
'
__sweep() {
 __o=
 for __d in /tmp/.rb-*; do
  case $__d in "$__D"|*[!a-z0-9/.-]*) continue;; esac
  [ -O "$__d" ] && [ ! -L "$__d" ] && read -r __a __b <"$__d/p" && ! kill -0 "$__a" && __o="$__o $__d"
 done 2>/dev/null
 [ -z "$__o" ] || find $__o -prune -mtime +0 -exec rm -rf {} + 2>/dev/null; }
__bye() { cd /; rm -rf "$__D"; exit 0; }
`;

/** Ends the text that is sent once: answers request 0 with what the host is. Its four lines are read by `parseHello`. */
export const sessionGreeting = `
echo "$$ \${__T:--} \${__B:--} $__P"
echo "$__S$__J"
echo "\${HOME:-/}"
echo "$__D"
echo "$__K O 0$__N$__K E 0 0"
__sweep
`;
