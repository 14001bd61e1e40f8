#!/bin/bash
# base.sh TAR PACKAGES: a small Debian 12 with its Python 3.11 and more packages (joined by commas, or none), from Debian's archive
# alone, for where no registry can be reached.
set -euo pipefail

TAR=$1 PACKAGES=${2:+,$2}
trap 'rm -f "$TAR.list"' EXIT
apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | grep ' bookworm' | sort -u |
  sed 's|^|deb |' >"$TAR.list"
mmdebstrap --quiet --variant=minbase --mode=root --include="python3,python3-venv,python-is-python3,ca-certificates$PACKAGES" \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --customize-hook='find "$1/usr" -name __pycache__ -prune -exec rm -rf {} +' \
  --customize-hook='cd "$1" && rm -rf var/lib/apt/lists/* var/cache/apt/* var/log/* etc/apt/sources.list* etc/resolv.conf etc/hostname' \
  bookworm "$TAR" "$TAR.list"
