"""A real one-node Kubernetes on Debian 12, for root, without Docker and without any network but the Debian archive's.

`build.sh` compiles the servers once from Debian's source package; etcd, containerd, runc and the CNI plugins are
Debian's. The whole cluster lives in a mount and a process namespace of its own (`node`), whose first process starts the
servers: when it ends, however it ends, the kernel ends every server and every pod with it and takes their mounts away.
What it cannot hold are one network bridge and one group of control groups; `cluster` takes those away. Pods with
`hostNetwork` share the machine's own network, loopback included.
"""
