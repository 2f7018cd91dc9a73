# The number of a port's VFs, changed as drivers need it: zero, set, wait, verify, each with a time limit. VFs come without a driver: a
# MAC that is set after a VF driver was bound is not seen by it.
# shellcheck shell=sh disable=SC2030,SC2031
. ./proof.sh

vfs_are() { [ "$(line_of "$1/sriov_numvfs")" = "$2" ] && [ "$(find "$1/" -maxdepth 1 -name 'virtfn*' | wc -l)" = "$2" ]; }
# write_number DEVICE NUMBER SECONDS FILE: the kernel answers when it is done. What writes is a session of its own, so that it outlives
# this script where somebody ends that by force, and keeps the server's lock meanwhile: nobody but it can tell which VFs it has made, and
# it writes their inodes to FILE. A FILE that cannot be written keeps nobody from removing VFs.
write_number() {
  # shellcheck disable=SC2016 # its own variables
  setsid -w sh -c '
    trap "" HUP INT TERM PIPE
    there() { [ "$(cat "$1/sriov_numvfs")" = "$2" ] && [ "$(find "$1/" -maxdepth 1 -name "virtfn*" | wc -l)" = "$2" ]; }
    rm -f "$4"
    printf "%s\n" "$2" | timeout "$3" tee "$1/sriov_numvfs" > /dev/null; status=$? polls=0
    until there "$1" "$2"; do
      if [ $status != 0 ]; then exit $status; fi
      polls=$((polls + 1))
      if [ $polls = 600 ]; then echo "there are not $2 VFs after 60 s, but $(cat "$1/sriov_numvfs")"; exit 1; fi
      sleep 0.1
    done
    if [ "$2" != 0 ]; then { stat -L -c %i "$1"/virtfn* | paste -s -d " " - > "$4.tmp" && mv "$4.tmp" "$4"; } 2> /dev/null; fi
    exit 0' sh "$@" 2>&1
}
# change_number PF NUMBER: the answer is empty, or why it could not be done.
change_number() (
  device=$SYS/class/net/$1/device made=$(made_file "$1")
  answer=$(write_to "$device/sriov_drivers_autoprobe" 0 2>&1) || { echo "$1: $answer"; return; }
  if [ "$(line_of "$device/sriov_numvfs")" != 0 ]; then
    answer=$(write_number "$device" 0 120 "$made") || { echo "$1: its driver did not remove its VFs within 120 s: $answer"; return; }
  fi
  if [ "$2" != 0 ]; then
    answer=$(write_number "$device" "$2" 300 "$made") || { echo "$1: its driver did not make $2 VFs: $answer (see dmesg on the server)"; return; }
  fi
)
