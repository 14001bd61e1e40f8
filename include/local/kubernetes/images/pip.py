"""The machine's pip settings for the build: where packages come from and whom to trust.

As build secrets, they do not stay in the image.
"""

from __future__ import annotations

import ast
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from include.local.kubernetes.shell import Problem, output

PASSED_ON = ("index-url", "extra-index-url", "proxy", "trusted-host", "timeout")
AUTHORITIES = ("PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
CA_IN_BUILD = "/run/secrets/ca.pem"


@contextmanager
def secrets() -> Iterator[dict[str, Path]]:
    """Files for the time of one build.

    Yields:
        By secret id: `pip.conf`, and `ca.pem` if the machine names an authority of its own.
    """
    with tempfile.TemporaryDirectory() as folder:
        lines = ["[global]"]
        files = {"pip.conf": Path(folder, "pip.conf")}
        authority = _authority(os.environ)
        if authority:
            files["ca.pem"] = Path(folder, "ca.pem")
            shutil.copyfile(authority, files["ca.pem"])
            lines.append(f"cert = {CA_IN_BUILD}")
        lines += [f"{key} = {value}" for key, value in _settings().items()]
        files["pip.conf"].write_text("\n".join(lines) + "\n")
        yield files


def _settings() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _listed().splitlines():
        name, _, value = line.partition("=")
        key = name.rpartition(".")[2]
        if key in PASSED_ON:
            # Folders of this machine are not there inside the build.
            words = [word for word in str(ast.literal_eval(value)).split() if not word.startswith(("/", "file:"))]
            if words:
                found[key] = " ".join(words)
    return found


def _listed() -> str:
    # This may be a virtual environment without pip; the Python below it mostly has one.
    for python in (Path(sys.executable), Path(sys.base_prefix, "bin", "python3")):
        try:
            return output([python, "-m", "pip", "config", "list"])
        except Problem:
            continue
    return ""


def _authority(environment: Mapping[str, str]) -> Path | None:
    for name in AUTHORITIES:
        file = Path(environment.get(name, ""))
        if file.is_file():
            return file
    return None
