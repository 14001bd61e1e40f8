"""The configuration files and command lines of the cluster's servers."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

from include.local.kubernetes.shell import search_path

# Inside the node's own mount namespace its files have these short names, wherever the project is.
RUN = Path("/run/snowpod")
BIN = Path("/run/snowpod-bin")
PAUSE_IMAGE = "localhost/snowpod-busybox:1"
NODE_NAME = "127.0.0.1"
# Addresses of nobody: RFC 2544 keeps them for laboratories, so no network of the user's has them.
POD_NETWORK = "198.18.{third}.0/24"
SERVICE_NETWORK = "198.19.0.0/16"
SERVICE_IP = "198.19.0.1"


@dataclass(frozen=True)
class Settings:
    """What differs between two clusters on one machine.

    Attributes:
        name: of the bridge and of the control group; at most 15 characters, as network links have no more.
        pod_network: CIDR of the pods without hostNetwork.
        api_port: of kube-apiserver, on 127.0.0.1, as are the others.
        etcd_port: for clients.
        etcd_peer_port: etcd wants one, though it has no peers.
        kubelet_port: by which the API server reaches the kubelet for logs and exec.
    """

    name: str
    pod_network: str
    api_port: int
    etcd_port: int
    etcd_peer_port: int
    kubelet_port: int

    @classmethod
    def choose(cls, folder: Path) -> Settings:
        """Choose settings with free ports, and names from the state's folder, the same each time."""
        name = cls.name_of(folder)
        return cls(name, POD_NETWORK.format(third=int(name[-2:], 16)), *_free_ports(4))

    @staticmethod
    def name_of(folder: Path) -> str:
        """Return the name of the cluster of a state's folder, always the same."""
        return f"snowpod-{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:6]}"

    @classmethod
    def load(cls, file: Path) -> Settings:
        """Read what `save` wrote."""
        return cls(**json.loads(file.read_text()))

    def save(self, file: Path) -> None:
        """Write them as JSON."""
        file.write_text(json.dumps(asdict(self)) + "\n")


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports


def kubeconfig(settings: Settings, pki: Path, user: str) -> str:
    """Return a kubeconfig for one of the certificates.

    Args:
        settings: of the cluster.
        pki: folder of the certificates.
        user: name of the certificate: admin or node.

    Returns:
        The file's text, certificates and key included.
    """

    def data(name: str) -> str:
        return base64.b64encode((pki / name).read_bytes()).decode()

    cluster = {"server": f"https://127.0.0.1:{settings.api_port}", "certificate-authority-data": data("ca.crt")}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "snowpod", "cluster": cluster}],
        "users": [
            {
                "name": user,
                "user": {"client-certificate-data": data(f"{user}.crt"), "client-key-data": data(f"{user}.key")},
            }
        ],
        "contexts": [{"name": "snowpod", "context": {"cluster": "snowpod", "user": user, "namespace": "default"}}],
        "current-context": "snowpod",
    }
    return json.dumps(config, indent=2) + "\n"  # JSON is YAML too


def files(settings: Settings) -> dict[str, str]:
    """Return the configuration files.

    Args:
        settings: of the cluster.

    Returns:
        Text by file name, relative to the run folder.
    """
    network = {
        "type": "bridge",
        "bridge": settings.name,
        "isGateway": True,
        "ipMasq": False,  # pods reach the machine by the gateway's address, and nothing beyond it
        "hairpinMode": True,
        "ipam": {"type": "host-local", "dataDir": f"{RUN}/addresses", "ranges": [[{"subnet": settings.pod_network}]]},
    }
    kubelet = {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": "127.0.0.1",
        "port": settings.kubelet_port,
        "healthzPort": 0,
        "readOnlyPort": 0,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": f"{RUN}/pki/ca.crt"},
        },
        "authorization": {"mode": "Webhook"},
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{settings.name}",
        "enforceNodeAllocatable": ["pods"],
        "failSwapOn": False,
        "oomScoreAdj": 0,  # a lower one needs CAP_SYS_RESOURCE, which root in a container may lack
        "makeIPTablesUtilChains": (
            False
        ),  # they serve kube-proxy, which is not here: the machine's iptables stay untouched
        "volumePluginDir": f"{RUN}/volume-plugins",
        "featureGates": {"DevicePlugins": False},
        "resolvConf": f"{RUN}/resolv.conf",
        "clusterDNS": ["127.0.0.1"],  # there is no cluster DNS: look-ups in pods without hostNetwork fail at once
        "evictionHard": {
            "memory.available": "50Mi",
            "nodefs.available": "1%",
            "imagefs.available": "1%",
            "nodefs.inodesFree": "1%",
        },
        "imageGCHighThresholdPercent": 100,  # images cannot be pulled again
        "serializeImagePulls": False,
        "nodeStatusUpdateFrequency": "5s",
        "syncFrequency": "10s",
    }
    return {
        "containerd.toml": _containerd(),
        "cni/10-snowpod.conflist": json.dumps({"cniVersion": "0.4.0", "name": "snowpod", "plugins": [network]}),
        "kubelet.yaml": json.dumps(kubelet),
        "resolv.conf": "",
    }


def _containerd() -> str:
    return f"""\
version = 2
root = "{RUN}/containerd/root"
state = "{RUN}/containerd/state"
oom_score = 0
[grpc]
  address = "{RUN}/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "{RUN}/containerd/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{PAUSE_IMAGE}"
  restrict_oom_score_adj = true
  disable_apparmor = true
  stream_server_address = "127.0.0.1"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{RUN}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        BinaryName = "{shutil.which("runc", path=search_path())}"
        SystemdCgroup = false
"""


def foundations(settings: Settings) -> dict[str, list[str]]:
    """Return the servers that need no other to be there first: command line by name."""
    pki, etcd = f"{RUN}/pki", f"https://127.0.0.1:{settings.etcd_port}"
    tls = [
        f"--{end}{option}"
        for end in ("", "peer-")
        for option in (f"cert-file={pki}/etcd.crt", f"key-file={pki}/etcd.key", "client-cert-auth")
    ]
    return {
        "containerd": ["containerd", f"--config={RUN}/containerd.toml"],
        "etcd": [
            "etcd",
            f"--data-dir={RUN}/etcd",
            f"--listen-client-urls={etcd}",
            f"--advertise-client-urls={etcd}",
            f"--listen-peer-urls=https://127.0.0.1:{settings.etcd_peer_port}",
            f"--trusted-ca-file={pki}/ca.crt",
            f"--peer-trusted-ca-file={pki}/ca.crt",
            *tls,
        ],
        "kube-apiserver": [
            f"{BIN}/kube-apiserver",
            f"--etcd-servers={etcd}",
            f"--etcd-cafile={pki}/ca.crt",
            f"--etcd-certfile={pki}/apiserver.crt",
            f"--etcd-keyfile={pki}/apiserver.key",
            "--bind-address=127.0.0.1",
            f"--secure-port={settings.api_port}",
            "--insecure-port=0",
            "--advertise-address=127.0.0.1",
            "--endpoint-reconciler-type=none",
            f"--tls-cert-file={pki}/apiserver.crt",
            f"--tls-private-key-file={pki}/apiserver.key",
            f"--client-ca-file={pki}/ca.crt",
            f"--kubelet-client-certificate={pki}/admin.crt",
            f"--kubelet-client-key={pki}/admin.key",
            "--kubelet-preferred-address-types=InternalIP",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={pki}/sa.key",
            f"--service-account-signing-key-file={pki}/sa.key",
            f"--service-cluster-ip-range={SERVICE_NETWORK}",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            "--profiling=false",
        ],
    }


def dependents() -> dict[str, list[str]]:
    """Return the servers that want the API server to answer when they start: command line by name."""
    runtime = f"unix://{RUN}/containerd.sock"
    return {
        "kube-controller-manager": [
            f"{BIN}/kube-controller-manager",
            f"--kubeconfig={RUN}/admin.kubeconfig",
            "--port=0",
            "--secure-port=0",
            "--leader-elect=false",
            f"--service-account-private-key-file={RUN}/pki/sa.key",
            f"--root-ca-file={RUN}/pki/ca.crt",
            "--use-service-account-credentials=false",
        ],
        "kube-scheduler": [
            f"{BIN}/kube-scheduler",
            f"--kubeconfig={RUN}/admin.kubeconfig",
            "--port=0",
            "--secure-port=0",
            "--leader-elect=false",
        ],
        "kubelet": [
            f"{BIN}/kubelet",
            f"--config={RUN}/kubelet.yaml",
            f"--kubeconfig={RUN}/node.kubeconfig",
            f"--root-dir={RUN}/kubelet",
            f"--cert-dir={RUN}/pki/kubelet",
            f"--hostname-override={NODE_NAME}",
            "--container-runtime=remote",
            f"--container-runtime-endpoint={runtime}",
            f"--image-service-endpoint={runtime}",
        ],
    }
