# What a server is and has, for ./lab doctor: "@@name" and what was found out about it. Nothing is changed. PFS: network
# interfaces of its physical functions; BRIDGE: the testbed's; TOOLS: what scripts call on a server. lib/bridged-frames.sh and infra/scripts/nic-limits.sh come before this.
fact() { echo "@@$1"; shift; "$@" 2> /dev/null; }
has() { command -v "$1" > /dev/null; }
link_to() { target=$(readlink "$1") && echo "${target##*/}"; }
kernel_modules() { [ ! -d "/lib/modules/$(uname -r)" ] || echo there; }
first_line() { "$@" 2>&1 | head -1; }

fact user id -u
fact user-name id -un
fact machine uname -m
fact kernel uname -r
fact kernel-modules kernel_modules
fact distribution cat /etc/os-release
fact kernel-words cat /proc/cmdline
fact cpu-vendor sh -c "sed -n 's/^vendor_id[^:]*: //p' /proc/cpuinfo | head -1"
fact cpu-virtualisation sh -c 'grep -m 1 ^flags /proc/cpuinfo | grep -o -w -e vmx -e svm'
fact cpus nproc
fact memory grep -E '^(MemTotal|MemAvailable|HugePages_Total|HugePages_Free|Hugepagesize):' /proc/meminfo
fact kvm sh -c '[ ! -c /dev/kvm ] || echo there'
fact iommu-groups sh -c 'ls /sys/kernel/iommu_groups | wc -l'
fact clock cat /sys/devices/system/clocksource/clocksource0/current_clocksource
fact clocks cat /sys/devices/system/clocksource/clocksource0/available_clocksource
fact governors sh -c 'cat /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor | sort -u'
fact time-synchronised timeout 10 timedatectl show -p NTPSynchronized --value
fact chrony sh -c "timeout 10 chronyc -n tracking | sed -n 's/^Leap status *: //p'"
fact time-daemons sh -c "pgrep -l -x 'chronyd|ntpd|systemd-timesyn|phc2sys|ptp4l' | cut -d ' ' -f 2 | sort -u"
fact interfaces ls /sys/class/net
fact bridged-frames bridged_frames "$BRIDGE"
nic_limits_of_all() { for pf in $PFS; do nic_limits "$pf"; done; }
fact nic-limits nic_limits_of_all

# What virsh says when it fails tells what is wrong, so it stays.
echo "@@libvirt"
if has virsh; then timeout 30 virsh -c qemu:///system -q version --daemon 2>&1; fi

fact libvirt-units sh -c "systemctl list-unit-files --no-legend 'libvirtd*' 'virtqemud*' 'virtproxyd*' | awk '{ print \$1, \$2 }'"
fact selinux getenforce
# What libvirt's QEMU can be and can emulate, of what a guest may need.
capabilities=$(if has virsh; then timeout 30 virsh -c qemu:///system -q capabilities 2> /dev/null; fi)
x86_64() { echo "$capabilities" | sed -n "/<arch name='x86_64'>/,/<\/arch>/p"; }
emulator=$(x86_64 | sed -n 's/.*<emulator>\(.*\)<.emulator>.*/\1/p' | head -1)
echo "@@machines"
x86_64 | sed -n 's/.*<machine.*>\(pc\|q35\)<.*/\1/p' | sort -u
echo "@@devices"
if [ -x "$emulator" ]; then timeout 30 "$emulator" -device help 2> /dev/null | sed -n 's/^name "\(e1000\|virtio-net-pci\|vfio-pci\)",.*/\1/p' | sort -u; fi

echo "@@tools"
for tool in $TOOLS cpupower; do if has "$tool"; then echo "$tool"; fi; done

echo "@@versions"
if has ip; then echo "iproute2 $(first_line ip -V)"; fi
if has tcpdump; then echo "tcpdump $(first_line tcpdump --version)"; fi
if has mpstat; then echo "sysstat $(first_line mpstat -V)"; fi
if has ethtool; then echo "ethtool $(first_line ethtool --version)"; fi
if has ping; then echo "iputils-ping $(first_line ping -V)"; fi
if has udevadm; then echo "udev $(first_line udevadm --version)"; fi

echo "@@modules"
for module in bridge tun vhost_net macvtap vfio_pci; do
  if [ -d "/sys/module/$module" ]; then echo "$module loaded"
  elif modprobe -n -q $module 2> /dev/null; then echo "$module loadable"
  else echo "$module absent"; fi
done

for pf in $PFS; do
  echo "@@pf $pf"
  net=/sys/class/net/$pf
  dev=$net/device
  if [ ! -e "$net" ]; then continue; fi
  {
    echo "up $(($(cat "$net/flags") & 1))"
    echo "carrier $(cat "$net/carrier")"
    echo "speed $(cat "$net/speed")"
    if [ -e "$dev" ]; then
      echo "pci $(basename "$(readlink -f "$dev")")"
      echo "driver $(link_to "$dev/driver")"
      ethtool -i "$pf" | sed -n -e 's/^version:/driver-version/p' -e 's/^firmware-version:/firmware/p'
    fi
    if [ -e "$dev/sriov_totalvfs" ]; then
      echo "total-vfs $(cat "$dev/sriov_totalvfs")"
      echo "vfs $(cat "$dev/sriov_numvfs")"
      vendor=$(cut -c 3- "$dev/vendor")
      device=$(cat "$dev/sriov_vf_device")
      echo "vf-device $vendor:$device"
      # A VF's modalias, as the kernel will ask for a driver of it.
      alias=$(printf 'pci:v%08Xd%08Xsv00000000sd00000000bc02sc00i00' "0x$vendor" "0x$device")
      echo "vf-modules $(modprobe -R "$alias" | tr '\n' ' ')"
    fi
  } 2> /dev/null
done
true
