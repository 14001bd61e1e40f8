#!/bin/bash
# install.sh PACKAGE…: installs Debian packages without starting the services that some of them bring (etcd, containerd).
set -euo pipefail

GUARD=/usr/sbin/policy-rc.d # Debian's own way to say that no service may be started
if [ ! -e "$GUARD" ]; then
  trap 'rm -f "$GUARD"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$GUARD"
  chmod +x "$GUARD"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2> >(grep -v "debconf: delaying" >&2)
