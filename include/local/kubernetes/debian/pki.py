"""The cluster's certificates, made with openssl: one authority, and a certificate for each that proves who it is."""

from __future__ import annotations

from pathlib import Path

from include.local.kubernetes.shell import output

DAYS = "3650"
CLIENT = "keyUsage=digitalSignature\nextendedKeyUsage=clientAuth\n"
BOTH_ENDS = "keyUsage=digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\nsubjectAltName={names}\n"
SERVER_NAMES = (
    "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,IP:127.0.0.1,IP:{service_ip}"
)


def make(folder: Path, service_ip: str) -> None:
    """Make `ca`, `apiserver`, `etcd`, `admin`, `node` (each a .key and a .crt) and `sa.key`, for service accounts.

    Names and groups are those that Kubernetes expects, see
    https://kubernetes.io/docs/setup/best-practices/certificates/.

    Args:
        folder: empty, and closed to other users.
        service_ip: the first address of the service network, by which pods would call the API.

    Raises:
        Problem: openssl is missing or refuses.
    """
    _key(folder / "ca.key")
    _openssl(
        folder, "req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=snowpod-local", "-days", DAYS, "-out", "ca.crt"
    )
    _certificate(
        folder, "apiserver", "/CN=kube-apiserver", BOTH_ENDS.format(names=SERVER_NAMES.format(service_ip=service_ip))
    )
    _certificate(folder, "etcd", "/CN=etcd", BOTH_ENDS.format(names="DNS:localhost,IP:127.0.0.1"))
    _certificate(folder, "admin", "/O=system:masters/CN=admin", CLIENT)
    _certificate(folder, "node", "/O=system:nodes/CN=system:node:127.0.0.1", CLIENT)
    _openssl(folder, "genrsa", "-out", "sa.key", "2048")


def _certificate(folder: Path, name: str, subject: str, extensions: str) -> None:
    _key(folder / f"{name}.key")
    (folder / f"{name}.ext").write_text(extensions)
    _openssl(folder, "req", "-new", "-key", f"{name}.key", "-subj", subject, "-out", f"{name}.csr")
    sign = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", DAYS, "-extfile", f"{name}.ext"]
    _openssl(folder, "x509", "-req", "-in", f"{name}.csr", *sign, "-out", f"{name}.crt")


def _key(file: Path) -> None:
    _openssl(file.parent, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", file.name)


def _openssl(folder: Path, *arguments: str) -> None:
    output(["openssl", *arguments], cwd=folder)
