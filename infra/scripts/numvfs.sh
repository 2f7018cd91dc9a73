# The number of a port's VFs, changed as drivers need it: zero, set, wait, verify, each with a time limit. VFs come without a driver: a
# MAC that is set after a VF driver was bound is not seen by it.
# shellcheck shell=sh disable=SC2030,SC2031
. ./proof.sh
. ./vf.sh

vfs_are() { [ "$(cat "$1/sriov_numvfs")" = "$2" ] && [ "$(find "$1/" -maxdepth 1 -name 'virtfn*' | wc -l)" = "$2" ]; }
# write_number DEVICE NUMBER SECONDS: the kernel answers when it is done.
write_number() { { printf '%s\n' "$2" | timeout "$3" tee "$1/sriov_numvfs" > /dev/null; } 2>&1; }
# change_number PF NUMBER: the answer is empty, or why it could not be done.
change_number() (
  device=$SYS/class/net/$1/device
  answer=$(write_to "$device/sriov_drivers_autoprobe" 0 2>&1) || { echo "$1: $answer"; return; }
  if [ "$(cat "$device/sriov_numvfs")" != 0 ]; then
    answer=$(write_number "$device" 0 120) || { echo "$1: its driver did not remove its VFs within 120 s: $answer"; return; }
  fi
  if [ "$2" != 0 ]; then
    answer=$(write_number "$device" "$2" 300) || { echo "$1: its driver did not make $2 VFs: $answer (see dmesg on the server)"; return; }
  fi
  polls=0
  until vfs_are "$device" "$2"; do
    polls=$((polls + 1))
    [ $polls -lt 600 ] || { echo "$1 has not $2 VFs after 60 s, but $(cat "$device/sriov_numvfs")"; return; }
    sleep 0.1
  done
)
