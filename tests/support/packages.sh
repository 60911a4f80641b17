#!/bin/sh
# Install the Debian packages that the tests need and this machine lacks; with arguments, install those instead.
# The tests start the programs themselves, on free ports and in temporary folders; nothing here is left running.
set -eu

needed() {
  command -v chromium >/dev/null || echo chromium
  command -v firefox-esr >/dev/null || echo firefox-esr
  command -v redis-server >/dev/null || echo redis-server
  ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || echo postgresql
  command -v gcc >/dev/null || echo gcc libc6-dev
  command -v turnserver >/dev/null || echo coturn
  command -v janus >/dev/null || echo janus
  command -v radicale >/dev/null || echo radicale
  command -v caddy >/dev/null || echo caddy
  command -v ip >/dev/null || echo iproute2
  command -v flite >/dev/null || echo flite
  command -v pdftoppm >/dev/null || echo poppler-utils
}

packages=${*:-$(needed)}
[ -n "$packages" ] || exit 0
packages=$(echo $packages)

if ! command -v apt-get >/dev/null; then
  echo "Please install these, then try again: $packages" >&2
  exit 1
fi
as_root=
if [ "$(id -u)" -ne 0 ]; then
  # -n: a question for a password would wait for ever where nobody looks.
  if ! sudo -n true 2>/dev/null; then
    echo "Please run this, then try again: sudo apt-get install $packages" >&2
    exit 1
  fi
  as_root="sudo -n"
fi
echo "Installing Debian packages: $packages …"
$as_root apt-get -qq update
# RUNLEVEL=1 tells Debian's scripts not to start the services that they install.
$as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -qq install --no-install-recommends $packages >/dev/null
