"""A small image with a shell, made from Debian's static busybox.

The cluster's pause container, the XCom sidecar, smoke tests.
"""

from __future__ import annotations

import hashlib
import io
import json
import platform
import tarfile
from pathlib import Path

from include.local.kubernetes.shell import output

BUSYBOX = Path("/bin/busybox")
# KubernetesPodOperator ends its sidecar with `kill -2 $(pgrep -u $(id -u) -f 'sh')`, and Debian's busybox has no pgrep.
PGREP = """\
#!/bin/sh
for argument; do pattern=$argument; done
found=1
for process in /proc/[0-9]*; do
  pid=${process#/proc/}
  [ "$pid" = $$ ] || [ "$pid" = $PPID ] && continue
  tr '\\0' ' ' 2>/dev/null <"$process/cmdline" | grep -q -- "$pattern" && { echo "$pid"; found=0; }
done
exit $found
"""
USERS = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n"


def write_archive(file: Path, reference: str) -> None:
    """Write the image as `docker save` would.

    Args:
        file: the archive to write.
        reference: the image's full name.

    Raises:
        Problem: busybox does not run.
    """
    layer = _layer()
    command = ["tail", "-f", "/dev/null"]  # what a pause container does: nothing, until it is told to end
    config = {
        "architecture": {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine()),
        "os": "linux",
        "config": {"Env": ["PATH=/bin"], "Cmd": command, "WorkingDir": "/"},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"]},
    }
    manifest = [{"Config": "config.json", "RepoTags": [reference], "Layers": ["layer.tar"]}]
    with tarfile.open(file, "w") as archive:
        for name, data in (
            ("manifest.json", json.dumps(manifest).encode()),
            ("config.json", json.dumps(config).encode()),
            ("layer.tar", layer),
        ):
            _add(archive, name, data)


def _layer() -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as layer:
        for folder, mode in (
            ("bin", 0o755),
            ("dev", 0o755),
            ("etc", 0o755),
            ("proc", 0o755),
            ("root", 0o700),
            ("sys", 0o755),
            ("tmp", 0o1777),
        ):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, mode
            layer.addfile(entry)
        _add(layer, "bin/busybox", BUSYBOX.read_bytes(), 0o755)
        for applet in output([BUSYBOX, "--list"]).split():
            if applet != "busybox":
                link = tarfile.TarInfo(f"bin/{applet}")
                link.type, link.linkname = tarfile.SYMTYPE, "busybox"
                layer.addfile(link)
        _add(layer, "bin/pgrep", PGREP.encode(), 0o755)
        _add(layer, "etc/passwd", USERS.encode())
    return data.getvalue()


def _add(archive: tarfile.TarFile, name: str, data: bytes, mode: int = 0o644) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), mode
    archive.addfile(entry, io.BytesIO(data))
