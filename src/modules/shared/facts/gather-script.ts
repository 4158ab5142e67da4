import { remotePath } from '../remote-path.ts';

/** Begins a line that starts a section of the script's output. */
export const sectionMark = '\u001e';

/** Parts of the facts that cost processes of their own on the host. */
export interface GatherParts {
  readonly hardware: boolean;
  readonly network: boolean;
  readonly virtual: boolean;
  readonly local: boolean;
}

/** What the script is made for. */
export interface GatherOptions {
  readonly parts: GatherParts;
  /** Directory of `*.fact` files on the host; `~` is the home. */
  readonly factPath: string;
  /** After that many seconds hung programs are ended; what the others gave is kept. */
  readonly timeoutS: number;
}

/**
 * Shell code that prints everything facts are made of, in named sections, in one run. All files are read by one `grep`,
 * addresses and routes by one `ip`; a watchdog ends programs that hang. What a host lacks is left out.
 */
export function gatherCode({ parts, factPath, timeoutS }: GatherOptions): string {
  const { hardware, network, virtual, local } = parts;
  return [
    start,
    `rb_watch ${Math.max(1, Math.ceil(timeoutS))} </dev/null >/dev/null 2>&1 & rb_dog=$!`,
    base,
    `rb_s files; grep -sH '' ${filesOf(parts).join(' ')}`,
    ...(hardware || virtual ? [processors] : []),
    ...(virtual ? [containers] : []),
    ...(network ? [addresses] : []),
    names,
    ...(hardware ? [mounts] : []),
    ...(local ? [localFacts, `rb_local ${remotePath(factPath)}`] : []),
    finish,
    '',
  ].join('\n');
}

/** Where systems keep what they are. */
const systemFiles = [
  '/etc/os-release /usr/lib/os-release /etc/debian_version /etc/alpine-release /etc/redhat-release /etc/lsb-release',
  '/proc/1/comm /proc/cmdline /proc/loadavg /proc/sys/kernel/version /proc/sys/kernel/random/boot_id /etc/machine-id',
  '/etc/resolv.conf /etc/selinux/config /sys/fs/selinux/enforce /sys/fs/selinux/policyvers',
  '/proc/sys/crypto/fips_enabled /etc/ssh/ssh_host_*_key.pub',
];

const dmiFiles = [
  'product_name product_version product_serial product_uuid product_family sys_vendor',
  'bios_vendor bios_version bios_date board_name board_vendor board_version board_serial',
  'chassis_type chassis_vendor chassis_version chassis_serial',
].flatMap((names) => names.split(' ').map((name) => `/sys/class/dmi/id/${name}`));

function filesOf({ hardware, virtual }: GatherParts): readonly string[] {
  return [
    ...systemFiles,
    ...(hardware || virtual ? dmiFiles : []),
    ...(hardware ? ['/proc/meminfo /proc/uptime'] : []),
    ...(virtual ? ['/proc/1/cgroup /run/systemd/container /sys/hypervisor/type'] : []),
  ];
}

/** The watchdog knows this shell by its process id, and what to end by descent from it. */
const start = `
rb_late= rb_me= rb_dog=
rb_s() { rb_say "${sectionMark}$1"; }
{ read -r rb_me rb_l </proc/self/stat; } 2>/dev/null
rb_end() {
  rb_all= rb_kin=" $rb_me " rb_dead=
  for rb_p in /proc/[0-9]*/stat; do
    { read -r rb_l <"$rb_p"; } 2>/dev/null || continue
    rb_p=\${rb_p#/proc/}; set -- \${rb_l##*') '}; rb_all="$rb_all \${rb_p%/stat}:$2"
  done
  rb_more=1
  while [ -n "$rb_more" ]; do
    rb_more=
    for rb_e in $rb_all; do
      rb_p=\${rb_e%:*}
      case "$rb_kin $rb_w " in *" $rb_p "*) continue;; esac
      case $rb_kin in *" \${rb_e#*:} "*) rb_kin="$rb_kin$rb_p " rb_dead="$rb_dead $rb_p" rb_more=1;; esac
    done
  done
  [ -z "$rb_dead" ] || kill -s KILL $rb_dead
}
rb_watch() {
  rb_z= rb_w=
  trap '[ -z "$rb_z" ] || kill $rb_z; exit 0' TERM
  read -r rb_w rb_l </proc/self/stat || exit 0
  sleep "$1" & rb_z=$!
  wait $rb_z
  while read -r rb_l </proc/self/stat; do
    set -- \${rb_l##*') '}
    [ "$2" = "$rb_me" ] || exit 0
    rb_end
    sleep 1 & rb_z=$!
    wait $rb_z
  done
}
rb_r() { rb_n=$1; shift; "$@" 2>/dev/null; rb_c=$?; [ $rb_c -lt 256 ] || rb_c=$((rb_c-128)); [ $rb_c -ne 137 ] || rb_late="$rb_late $rb_n"; }`;

const base = `
rb_s uname; rb_un=$(uname -snrm); rb_say "$rb_un"
rb_s init; for rb_p in /run/systemd/system /run/openrc /sbin/openrc /sbin/openrc-run /etc/init.d /sbin/procd /etc/runit /run/ostree-booted; do [ ! -e "$rb_p" ] || rb_say "$rb_p"; done
rb_s pkg; for rb_p in /usr/bin/apt-get /usr/bin/dnf5 /usr/bin/dnf /usr/bin/dnf-3 /usr/bin/microdnf /usr/bin/yum /usr/bin/zypper /sbin/apk /usr/bin/apk /usr/bin/pacman /usr/bin/emerge /usr/bin/xbps-install /bin/opkg /usr/bin/opkg /usr/sbin/pkg; do [ ! -x "$rb_p" ] || rb_say "$rb_p"; done
rb_s apparmor; [ ! -d /sys/kernel/security/apparmor ] || rb_say enabled
rb_s date; date '+%Y %m %d %H %M %S %s %Z %z %w %A %W %N'`;

const processors = `rb_s cpuinfo; grep -hoE '^(processor|# processors|vendor_id|model name|Processor|cpu|Vendor|physical id|siblings|core id|cpu cores)[[:space:]]*:.*| hypervisor( |$)|^Cpus_allowed_list:.*' /proc/cpuinfo /proc/self/status 2>/dev/null`;

const containers = `rb_s virt; for rb_p in /.dockerenv /run/.containerenv /proc/vz /proc/bc /proc/xen/capabilities /dev/kvm /dev/vboxdrv; do [ ! -e "$rb_p" ] || rb_say "$rb_p"; done`;

/** Busybox' ip knows no batches: then it is asked question by question. */
const addresses = `
rb_s ip
if command -v ip >/dev/null 2>&1; then
  rb_o=$(ip -force -batch - 2>/dev/null <<RB
addr show
route get 8.8.8.8
route get 2404:6800:400a:800::1012
RB
)
  if [ -n "$rb_o" ]; then rb_say "$rb_o"; else ip addr show; ip route get 8.8.8.8; ip -6 route get 2404:6800:400a:800::1012; fi 2>/dev/null
fi
rb_s kinds; for rb_p in /sys/class/net/*/bridge /sys/class/net/*/bonding; do [ ! -e "$rb_p" ] || rb_say "$rb_p"; done`;

/** What may ask a directory or a name server, and so may hang. */
const names = `
rb_s id; rb_o=$(id 2>/dev/null); [ $? -ne 137 ] || rb_late="$rb_late id"; rb_say "$rb_o"
rb_u=\${rb_o#*\\(}; rb_u=\${rb_u%%\\)*}
rb_s home; rb_say "$HOME"
rb_s passwd; rb_pw=
if [ -r /etc/passwd ]; then while IFS= read -r rb_l; do case $rb_l in "$rb_u":*) rb_pw=$rb_l; break;; esac; done </etc/passwd; fi
if [ -n "$rb_pw" ]; then rb_say "$rb_pw"; else rb_r getent getent passwd "$rb_u"; fi
set -- $rb_un; rb_h= rb_i=0
if [ -r /etc/hosts ]; then while [ $rb_i -lt 200 ] && read -r rb_a rb_k; do
  rb_i=$((rb_i+1))
  case $rb_a in '#'*) continue;; esac
  for rb_p in \${rb_k%%'#'*}; do [ "$rb_p" != "$2" ] || { rb_h=\${rb_k%%'#'*}; break 2; }; done
done </etc/hosts; fi
rb_s fqdn; if [ -n "$rb_h" ]; then rb_say "$rb_h"; else rb_r hostname hostname -f; fi
rb_s python
for rb_p in /usr/bin/python3 /usr/local/bin/python3 /usr/libexec/platform-python python3 /usr/bin/python python; do
  rb_p=$(command -v "$rb_p") || continue
  rb_say "$rb_p"; rb_r "$rb_p" "$rb_p" -V
  break
done`;

/** Shares of other machines come last: a server that is away must not take the sizes of the host's own disks along. */
const mounts = `
rb_s mounts; rb_o=$(grep -E '^(/|[^ ]*:/)' /proc/mounts 2>/dev/null); rb_say "$rb_o"
rb_near() {
  set -f; IFS=$rb_nl; set -- "$1" $rb_o; IFS=' 	'"$rb_nl"; set +f
  rb_k=$1 rb_i=$#; shift
  while [ $rb_i -gt 1 ]; do
    rb_l=$1; shift; rb_i=$((rb_i-1))
    case $rb_l in //*) rb_a=far;; /*) rb_a=near;; *) rb_a=far;; esac
    [ $rb_a = $rb_k ] || continue
    rb_l=\${rb_l#* }; rb_l=\${rb_l%% *}
    case $rb_l in *\\\\*) rb_l=$(printf '%b' "$rb_l");; esac
    set -- "$@" "$rb_l"
  done
  [ $# -eq 0 ] || rb_r stat stat -f -c '%S %s %b %f %a %c %d %n' -- "$@"
}
rb_s sizes; rb_near near; rb_near far`;

const localFacts = `
rb_local() {
  for rb_p in "$1"/*.fact; do
    [ -f "$rb_p" ] || continue
    rb_k=\${rb_p##*/}; rb_k=\${rb_k%.fact}; rb_c=0
    rb_s "local:$rb_k"
    if [ -x "$rb_p" ]; then rb_r "$rb_p" "$rb_p" </dev/null; else cat -- "$rb_p"; fi
    rb_say ''; rb_s "localrc:$rb_k"; rb_say $rb_c
  done
}`;

const finish = `
rb_s late; rb_say "$rb_late"
[ -z "$rb_dog" ] || { kill $rb_dog; wait $rb_dog; } 2>/dev/null
rb_s env; env -0 2>/dev/null || env
true`;
