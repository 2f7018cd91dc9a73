#!/bin/sh
# virsh whose domains are folders of LAB_ROOT/domains with a state, a desc and perhaps xml of their devices; its networks, of
# LAB_ROOT/networks, have a state with autostart, and xml. VIRSH_FAILS makes it fail, as when libvirtd is dead;
# VIRSH_HANGS=all makes it hang, and VIRSH_HANGS=WORD when it is to do that;
# a domain that is "undying" is not undefined, and one that is "unreadable" does not tell its description; while one is destroyed that has
# a file "meanwhile", somebody defines a VM of the name in it.
[ "${VIRSH_HANGS:-}" != all ] || exec sleep 100
[ -z "${VIRSH_FAILS:-}" ] || { echo "failed to connect to the hypervisor" >&2; exit 1; }
cd "$LAB_ROOT/domains" || exit 1
# As the real one, a quiet virsh ends no answer of a list of commands with a newline.
end='\n'
if [ "$1" = -q ]; then end=''; shift; fi
echo "virsh $*" >> "$LAB_ROOT/log"
case "$*" in
  'list --all --name') ls ;;
  *) printf '%s\n' "$1" | tr ';' '\n' | while read -r word a b; do
       a=${a#\'}; a=${a%\'}; b=${b#\'}; b=${b%\'}
       [ -z "$word" ] || [ "${VIRSH_HANGS:-}" != "$word" ] || sleep 100
       case $word in
         echo) printf "%s$end" "$a${b:+ $b}" ;;
         desc) if [ -e "$a/unreadable" ]; then echo "error: disconnected" >&2; elif [ -d "$a" ]; then printf "%s$end" "$(cat "$a/desc")"; else echo "error: no domain $a" >&2; fi ;;
         dumpxml) if [ "$a" = --inactive ]; then a=$b; fi; printf '<domain>\n  <description>%s</description>\n%s\n</domain>\n' "$(cat "$a/desc")" "$(cat "$a/xml" 2> /dev/null)" ;;
         net-dumpxml) cat "../networks/$a/xml" ;;
         list) if [ "$a" = --all ]; then ls; else for d in *; do [ ! -d "$d" ] || [ "$(cat "$d/state")" != running ] || echo "$d"; done; fi ;;
         net-list) for n in ../networks/*; do [ ! -d "$n" ] || echo " ${n##*/} $(cat "$n/state") yes"; done ;;
         destroy)
           echo "shut off" > "$a/state"
           if [ -e "$a/meanwhile" ]; then new=$(cat "$a/meanwhile"); mkdir "$new"; echo "shut off" > "$new/state"; echo "a customer's" > "$new/desc"; fi ;;
         undefine) [ -e "$b/undying" ] || rm -r "$b" ;;
       esac
     done ;;
esac
