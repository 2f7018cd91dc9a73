#!/bin/sh
# A libvirt server that is this machine's own and touches nothing of it: host.sh FOLDER COMMAND… makes it and runs the command
# on it. For namespaces of its own (mounts, network, processes, IPC), in which it is process 1: when it ends, so do its
# daemons and guests, and with them goes all that is made here. FOLDER gets the ssh keys: host and client.
set -eu
export PATH="$PATH:/usr/sbin:/sbin"
folder=$1
shift

# What is written to /run, /etc and /var stays here: other definitions, logs and leases are neither seen nor changed.
mount -t tmpfs -o mode=755 tmpfs /run
for top in etc var; do
  mkdir -p "/run/overlay/$top/upper" "/run/overlay/$top/work"
  mount -t overlay overlay -o "lowerdir=/$top,upperdir=/run/overlay/$top/upper,workdir=/run/overlay/$top/work" "/$top"
done
# The network devices that sysfs shows are those of the namespace it was mounted in. Without cgroups beneath it libvirt needs none.
umount -R -l /sys
mount -t sysfs sysfs /sys

# A physical function without VFs, and the other end of its wire.
ip link set lo up
ip link add pf0 type veth peer name wire0
ip link set wire0 up

# Nothing that this machine's root has in its profile is run for a command over ssh, and root may log in by key.
mkdir -p /run/root /run/sshd /run/lock
sed -i 's,^root:.*,root:x:0:0:root:/run/root:/bin/sh,' /etc/passwd
sed -i 's,^root:[^:]*,root:*,' /etc/shadow
for key in host client; do ssh-keygen -q -t ed25519 -N '' -C '' -f "$folder/$key"; done
cat > /run/sshd_config << END
ListenAddress 127.0.0.1
Port 22
HostKey $folder/host
AuthorizedKeysFile $folder/client.pub
StrictModes no
UsePAM no
PidFile none
END
/usr/sbin/sshd -f /run/sshd_config -E "$folder/sshd.log"

rm -rf /etc/libvirt/qemu /var/lib/libvirt /var/log/libvirt /var/lib/sriov-rtt
mkdir -p /var/lib/libvirt/qemu /var/log/libvirt/qemu
# Profiles of a security driver would be written for the whole machine.
echo 'security_driver = "none"' >> /etc/libvirt/qemu.conf
virtlogd --daemon
libvirtd --daemon

# Not by exec: process 1 has to stay and take in what the daemons leave behind.
"$@"
