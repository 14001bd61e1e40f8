#!/bin/bash
# Builds the Kubernetes servers (kube-apiserver, kube-controller-manager, kube-scheduler, kubelet) from Debian 12's own
# source package with Debian's Go: build.sh FOLDER puts them into FOLDER. Nothing but the Debian archive is used. Takes 3 to 10 minutes.
set -euo pipefail

HERE=$(cd "$(dirname "$0")" && pwd)
OUT=$1
WORK=$OUT.building
KUBERNETES=$WORK/gopath/src/k8s.io/kubernetes

say() { echo "cluster: [${SECONDS} s] $*"; }

# A list of source packages beside the machine's own lists, which stay as they are.
source_lists() {
  local apt=$WORK/apt
  mkdir -p "$apt/lists/partial" "$apt/archives/partial"
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | grep ' bookworm' | sort -u |
    sed 's|^|deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] |' >"$apt/sources.list"
  cat >"$apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$apt/lists";
Dir::Cache "$apt";
Dir::Cache::archives "$apt/archives";
APT::Sandbox::User "root";
CONF
  APT_CONFIG=$apt/apt.conf apt-get update -qq
}

unpack_source() {
  mkdir -p "$WORK/download" "$(dirname "$KUBERNETES")"
  cd "$WORK/download"
  APT_CONFIG=$WORK/apt/apt.conf apt-get source -qq --download-only kubernetes
  dpkg-source --no-check -x kubernetes_*.dsc "$KUBERNETES" >/dev/null
  # The reflect2 1.0.1 in there crashes under Go 1.18 and later, minutes after the start (modern-go/reflect2#26). Debian packages 1.0.2.
  apt-get download -qq -o APT::Sandbox::User=root golang-github-modern-go-reflect2-dev
  dpkg-deb -x golang-github-modern-go-reflect2-dev_*.deb reflect2
  local vendored=$KUBERNETES/vendor/github.com/modern-go/reflect2
  rm -f "$vendored"/*.go "$vendored"/*.s
  cp reflect2/usr/share/gocode/src/github.com/modern-go/reflect2/*.{go,s} "$vendored/"
}

# The API's own description is generated code, which the source package leaves out.
generate_openapi() {
  local marked
  go build -o "$WORK/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
  marked=$(grep -rl --include=*.go '+k8s:openapi-gen=' pkg staging/src/k8s.io | xargs -n1 dirname | LC_ALL=C sort -u |
    grep -v -E 'code-generator|sample-apiserver' |
    sed 's|^staging/src/|k8s.io/kubernetes/vendor/|; s|^pkg/|k8s.io/kubernetes/pkg/|' | paste -sd,)
  "$WORK/openapi-gen" --logtostderr -i "$marked" -p k8s.io/kubernetes/pkg/generated/openapi -O zz_generated.openapi \
    -h hack/boilerplate/boilerplate.generatego.txt -r "$WORK/violations.report"
}

compile() {
  local package flags="-s -w"
  for package in k8s.io/kubernetes/vendor/k8s.io/component-base/version k8s.io/kubernetes/vendor/k8s.io/client-go/pkg/version; do
    flags="$flags -X $package.gitVersion=v1.20.2 -X $package.gitMajor=1 -X $package.gitMinor=20"
  done
  mkdir -p cmd/multicall
  cp "$HERE/multicall.go" cmd/multicall/main.go
  # -v names each package when it is done: the only progress that the compiler shows
  go build -v -tags providerless,dockerless -ldflags "$flags" -o "$WORK/bin/kubernetes" ./cmd/multicall 2> >(
    awk '!/^[a-z0-9.]+(\/[A-Za-z0-9._-]+)*$/ { print; next } ++n % 200 == 0 { print "cluster:   " n " packages compiled"; fflush() }' >&2
  )
}

rm -rf "$WORK"
mkdir -p "$WORK/bin"
say "fetching Debian's source of Kubernetes"
source_lists
unpack_source
cd "$KUBERNETES"
export GOPATH=$WORK/gopath GOCACHE=$WORK/gocache GO111MODULE=off CGO_ENABLED=0 GOFLAGS='' GOTOOLCHAIN=local
PATH=/usr/lib/go-1.19/bin:$PATH
say "generating code"
generate_openapi
say "compiling (about 1300 packages)"
compile
for server in kube-apiserver kube-controller-manager kube-scheduler kubelet; do ln -s kubernetes "$WORK/bin/$server"; done
rm -rf "$OUT"
mv "$WORK/bin" "$OUT" # last and at once: a folder that is there is complete
rm -rf "$WORK"
say "built: $(du -h "$OUT/kubernetes" | cut -f1)"
