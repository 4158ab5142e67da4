#!/usr/bin/env bash
# Installs the Debian packages that the test suites use, where that is possible: on Debian, as root.
# Elsewhere it says which suites are left out and goes on.
set -u
packages=(openssh-server openssh-client dropbear-bin sudo opendoas busybox ksh mksh fish tcsh zsh strace acl iproute2 python3-jinja2)

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "not installed: ${missing[*]}" >&2
  echo "left out: suites that need them (real SSH servers need root, openssh-server, dropbear-bin and sudo)" >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq </dev/null >/dev/null || echo 'apt-get update failed; trying with the lists at hand' >&2
for package in "${missing[@]}"; do
  apt-get install -y -qq --no-install-recommends "$package" </dev/null >/dev/null || echo "not installed: $package; suites that need it are left out" >&2
done
