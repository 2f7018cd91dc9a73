#!/bin/sh
# virsh whose domains are folders of LAB_ROOT/domains with a state and a desc. VIRSH_FAILS makes it fail, as when libvirtd is dead;
# a domain that is "undying" is not undefined, and one that is "unreadable" does not tell its description.
[ -z "${VIRSH_FAILS:-}" ] || { echo "failed to connect to the hypervisor" >&2; exit 1; }
cd "$LAB_ROOT/domains" || exit 1
[ "$1" != -q ] || shift
echo "virsh $*" >> "$LAB_ROOT/log"
case "$*" in
  'list --all --name') ls ;;
  'list --all') for d in *; do [ ! -d "$d" ] || echo " - $d $(cat "$d/state")"; done ;;
  *) printf '%s\n' "$1" | tr ';' '\n' | while read -r word a b; do
       case $word in
         echo) echo "$a" ;;
         desc) if [ -e "$a/unreadable" ]; then echo "error: disconnected" >&2; elif [ -d "$a" ]; then cat "$a/desc"; echo; else echo "error: no domain $a" >&2; fi ;;
         destroy) echo "shut off" > "$a/state" ;;
         undefine) [ -e "$b/undying" ] || rm -r "$b" ;;
       esac
     done ;;
esac
