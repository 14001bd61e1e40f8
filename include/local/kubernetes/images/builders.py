"""The programs that build images: docker, podman, buildah."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Protocol

from include.local.kubernetes.debian.packages import can_install, install
from include.local.kubernetes.shell import Problem, output, run, succeeds, there
from include.local.kubernetes.state import CACHE


class Builder(Protocol):
    """A program that builds images and keeps them."""

    name: str

    def has(self, reference: str) -> bool:
        """Whether it keeps an image of this name."""

    def build(
        self, reference: str, dockerfile: Path, context: Path, arguments: Mapping[str, str], secrets: Mapping[str, Path]
    ) -> None:
        """Build an image.

        Args:
            reference: its name.
            dockerfile: the recipe.
            context: the folder that the recipe copies from.
            arguments: build arguments.
            secrets: files that the recipe may mount, by id.

        Raises:
            Problem: the recipe fails.
        """

    def import_base(self, tar: Path, reference: str) -> None:
        """Make an image of one layer from a root file system."""

    def save(self, reference: str, archive: Path, without: Collection[str]) -> None:
        """Write an image to an archive.

        Args:
            reference: the image.
            archive: file to write.
            without: digests of layers that may be left out, as the reader has them.
        """

    def push(self, reference: str, target: str) -> str:
        """Push an image to a registry under another name.

        Returns:
            What names it for good: the registry, the name and the digest.
        """


class Engine:
    """Docker, or podman, which takes the same arguments.

    Args:
        name: of the program.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def has(self, reference: str) -> bool:
        """See `Builder`."""
        return succeeds([self.name, "image", "inspect", reference])

    def build(
        self, reference: str, dockerfile: Path, context: Path, arguments: Mapping[str, str], secrets: Mapping[str, Path]
    ) -> None:
        """See `Builder`."""
        run(
            [self.name, "build", *_options(reference, dockerfile, arguments, secrets), context],
            env={"DOCKER_BUILDKIT": "1"},
        )

    def import_base(self, tar: Path, reference: str) -> None:
        """See `Builder`."""
        run([self.name, "import", tar, reference])

    def save(self, reference: str, archive: Path, without: Collection[str]) -> None:
        """See `Builder`; leaves nothing out."""
        run([self.name, "save", "--output", archive, reference])

    def push(self, reference: str, target: str) -> str:
        """See `Builder`."""
        run([self.name, "tag", reference, target])
        run([self.name, "push", target])
        known = output([self.name, "image", "inspect", "--format", "{{json .RepoDigests}}", target])
        repository = _repository(target)
        return next((one for one in json.loads(known) if one.startswith(f"{repository}@")), target)


class Buildah:
    """buildah, which needs no daemon. Its images are kept in the cache, apart from the user's own."""

    name = "buildah"

    def __init__(self) -> None:
        install({"buildah": "buildah", "runc": "runc"})
        storage = [f"--root={CACHE / 'images'}", f"--runroot={CACHE / 'images.run'}"] if os.geteuid() == 0 else []
        # In a mount namespace of its own, or it would leave a mount of its storage behind.
        apart = ["unshare", "--mount"] if os.geteuid() == 0 else []
        self._buildah: list[str | Path] = [*apart, "buildah", *storage]

    def has(self, reference: str) -> bool:
        """See `Builder`."""
        return succeeds([*self._buildah, "inspect", "--type=image", reference])

    def build(
        self, reference: str, dockerfile: Path, context: Path, arguments: Mapping[str, str], secrets: Mapping[str, Path]
    ) -> None:
        """See `Builder`."""
        options = ["--isolation=chroot", "--layers", "--quiet", *_options(reference, dockerfile, arguments, secrets)]
        output([*self._buildah, "build", *options, context])

    def import_base(self, tar: Path, reference: str) -> None:
        """See `Builder`."""
        with tempfile.TemporaryDirectory() as folder:
            dockerfile = Path(folder, "Dockerfile")
            dockerfile.write_text(
                f"FROM scratch\nADD {tar.name} /\nENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin\n"
            )
            self.build(reference, dockerfile, tar.parent, {}, {})

    def save(self, reference: str, archive: Path, without: Collection[str]) -> None:
        """See `Builder`; an archive in the OCI image layout, its layers not compressed.

        Source: https://github.com/opencontainers/image-spec/blob/main/image-layout.md
        """
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            output(
                [*self._buildah, "push", "--quiet", "--disable-compression", "--format=oci", reference, f"dir:{folder}"]
            )
            manifest = Path(folder, "manifest.json").read_bytes()
            digest = hashlib.sha256(manifest).hexdigest()
            entry = {
                "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "digest": f"sha256:{digest}",
                "size": len(manifest),
                "annotations": {"io.containerd.image.name": reference},
            }
            parts = json.loads(manifest)
            with tarfile.open(archive, "w") as tar:
                _add(tar, "oci-layout", b'{"imageLayoutVersion": "1.0.0"}')
                _add(tar, "index.json", json.dumps({"schemaVersion": 2, "manifests": [entry]}).encode())
                _add(tar, f"blobs/sha256/{digest}", manifest)
                for blob in (
                    part["digest"] for part in [parts["config"], *parts["layers"]] if part["digest"] not in without
                ):
                    name = blob.removeprefix("sha256:")
                    tar.add(Path(folder, name), arcname=f"blobs/sha256/{name}")

    def push(self, reference: str, target: str) -> str:
        """See `Builder`."""
        # As Docker does it, a registry on this machine may speak HTTP.
        plain = ["--tls-verify=false"] if _on_loopback(target) else []
        with tempfile.NamedTemporaryFile() as file:
            run([*self._buildah, "push", *plain, f"--digestfile={file.name}", reference, f"docker://{target}"])
            return f"{_repository(target)}@{Path(file.name).read_text().strip()}"

    def remove(self, reference: str) -> None:
        """Remove an image, and its layers that no other one has."""
        output([*self._buildah, "rmi", reference])


def available() -> Builder:
    """Return the first builder that this machine has.

    Returns:
        docker if it runs, podman, or buildah, which is installed on Debian if none is there.

    Raises:
        Problem: there is none.
    """
    if succeeds(["docker", "info"]):
        return Engine("docker")
    if there("podman"):
        return Engine("podman")
    if there("buildah") or can_install():
        return Buildah()
    raise Problem("nothing here can build an image: start Docker, or install podman or buildah")


def _repository(target: str) -> str:
    folder, slash, name = target.rpartition("/")
    return f"{folder}{slash}{name.partition(':')[0]}"


def _on_loopback(target: str) -> bool:
    host = target.partition("/")[0].rpartition(":")[0] or target.partition("/")[0]
    return host == "localhost" or host.startswith("127.") or host == "[::1]"


def _options(reference: str, dockerfile: Path, arguments: Mapping[str, str], secrets: Mapping[str, Path]) -> list[str]:
    options = [f"--file={dockerfile}", f"--tag={reference}"]
    options += [f"--build-arg={name}={value}" for name, value in arguments.items()]
    return options + [f"--secret=id={name},src={file}" for name, file in secrets.items()]


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    tar.addfile(entry, io.BytesIO(data))
