# Puts a server back without the stack that changed it. FORCE=yes: also where a stack has it. What is done is said, a line each;
# the status is 1 while something is left to be put back.
# shellcheck shell=sh
. ./put-back.sh
: "${FORCE:?}"
listed() { find "$@" -mindepth 1 -maxdepth 1 -printf '%f\n' 2> /dev/null | sort | paste -s -d ' ' -; }
[ "$(id -u)" = 0 ] || fail "the user $(id -un) is not root: give a user who is root"
alone
owner=$(line_of "$RUN/lease/owner" || :)
if [ -n "$owner" ] && [ "$FORCE" != yes ]; then
  fail "in use by $owner: destroy that stack; when it is dead, restore with --force"
fi
vms=$(virsh -q list --all --name 2> /dev/null) || vms=''
put_back || exit 1
left=$(virsh -q list --all --name) || left=$vms
removed=$(printf '%s\n' "$vms" "$left" "$left" | sed '/^$/d' | sort | uniq -u | paste -s -d ' ' -)
forget_server
echo "VMs removed: ${removed:-none}; put back whole: ${PUT_BACK:-nothing}${owner:+; taken from $owner}" | tr -s ' '
left=$(listed "$BEFORE")
[ -z "$left" ] || fail "not put back yet: $left; the lines above say why. Once that is mended, restore again"
