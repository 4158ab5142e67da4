import { shellQuote } from '../../../lib/shell-quote.ts';

/** Starts each section of the script's output; a control character that no section's text begins a line with. */
export const sectionMark = '\u0001';

/**
 * Shell code that prints everything facts are made of, in named sections, in one run. It reads files where the kernel
 * has them and starts few processes; what a host lacks is left out.
 */
export function gatherCode(factPath: string): string {
  return `${collect}\nrb_fact_local ${shellQuote(factPath)}\n`;
}

const collect = String.raw`
rb_s() { printf '\001%s\n' "$1"; }
rb_f() { rb_s "$1"; shift; for rb_p; do if [ -r "$rb_p" ]; then while IFS= read -r rb_l || [ -n "$rb_l" ]; do printf '%s\n' "$rb_l"; done < "$rb_p"; fi; done; }
rb_fact_local() {
  for rb_p in "$1"/*.fact; do
    [ -f "$rb_p" ] || continue
    rb_n=${'$'}{rb_p##*/}
    rb_s "local:${'$'}{rb_n%.fact}"
    if [ -x "$rb_p" ]; then "$rb_p" </dev/null 2>/dev/null; else cat -- "$rb_p"; fi
    echo
  done
}
rb_f system /proc/sys/kernel/ostype
rb_f nodename /proc/sys/kernel/hostname
rb_f kernel /proc/sys/kernel/osrelease
rb_f kernel_version /proc/sys/kernel/version
rb_s machine; uname -m
rb_s fqdn; hostname -f 2>/dev/null
rb_s user; id -un; id -u; id -g; printf '%s\n' "$HOME" "$SHELL"
rb_s passwd; getent passwd "$(id -un)" 2>/dev/null || grep "^$(id -un):" /etc/passwd 2>/dev/null
rb_f os_release /etc/os-release
rb_f debian_version /etc/debian_version
rb_f alpine_version /etc/alpine-release
rb_f redhat_release /etc/redhat-release
rb_f lsb_release /etc/lsb-release
rb_f meminfo /proc/meminfo
rb_f uptime /proc/uptime
rb_f cmdline /proc/cmdline
rb_f loadavg /proc/loadavg
rb_f machine_id /etc/machine-id
rb_f boot_id /proc/sys/kernel/random/boot_id
rb_f resolv_conf /etc/resolv.conf
rb_s cpuinfo; grep -E '^(processor|vendor_id|model name|physical id|siblings|core id|cpu cores|Features|flags|Model|CPU implementer)[[:space:]]*:' /proc/cpuinfo 2>/dev/null
rb_s init; if [ -r /proc/1/comm ]; then read -r rb_l < /proc/1/comm; echo "$rb_l"; fi
for rb_p in /run/systemd/system /run/openrc /sbin/openrc-run /etc/init/.keep; do if [ -e "$rb_p" ]; then echo "$rb_p"; fi; done
rb_s pkg; for rb_p in /usr/bin/apt-get /usr/bin/dnf5 /usr/bin/dnf /usr/bin/yum /usr/bin/zypper /sbin/apk /usr/bin/pacman /usr/sbin/pkg /usr/bin/emerge /usr/bin/xbps-install /usr/bin/opkg; do if [ -x "$rb_p" ]; then echo "$rb_p"; fi; done
rb_s selinux; if [ -d /sys/fs/selinux ] && [ -r /sys/fs/selinux/enforce ]; then cat /sys/fs/selinux/enforce /sys/fs/selinux/policyvers 2>/dev/null; echo; fi
rb_f selinux_config /etc/selinux/config
rb_s apparmor; if [ -d /sys/kernel/security/apparmor ]; then echo enabled; fi
rb_f dmi_product /sys/class/dmi/id/product_name
rb_f dmi_vendor /sys/class/dmi/id/sys_vendor
rb_f dmi_bios_vendor /sys/class/dmi/id/bios_vendor
rb_f dmi_bios_version /sys/class/dmi/id/bios_version
rb_f dmi_bios_date /sys/class/dmi/id/bios_date
rb_f dmi_chassis /sys/class/dmi/id/chassis_type
rb_s virt; if command -v systemd-detect-virt >/dev/null 2>&1; then systemd-detect-virt; fi
for rb_p in /.dockerenv /run/.containerenv /proc/vz /proc/xen/capabilities /dev/kvm; do if [ -e "$rb_p" ]; then echo "$rb_p"; fi; done
rb_s addresses; ip -o addr show 2>/dev/null
rb_s links; ip -o link show 2>/dev/null
rb_s routes; ip -4 route show default 2>/dev/null
rb_s routes6; ip -6 route show default 2>/dev/null
rb_f route_table /proc/net/route
rb_f mounts /proc/mounts
rb_s df; df -Pk 2>/dev/null
rb_s dfi; df -Pi 2>/dev/null
rb_s date; date '+%Y %m %d %H %M %S %s %Z %z %u %A %W %j'
rb_s dateutc; date -u '+%Y-%m-%dT%H:%M:%SZ'
rb_s python; for rb_p in python3 python; do if command -v "$rb_p" >/dev/null 2>&1; then command -v "$rb_p"; "$rb_p" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null; break; fi; done
rb_s env; env
`;

/** The sections of the script's output, by name; each without its last newline. */
export function parseSections(output: string): ReadonlyMap<string, string> {
  const sections = new Map<string, string>();
  for (const part of output.split(new RegExp(`^${sectionMark}`, 'm')).slice(1)) {
    const end = part.indexOf('\n');
    sections.set(part.slice(0, end), part.slice(end + 1).replace(/\n$/, ''));
  }
  return sections;
}
