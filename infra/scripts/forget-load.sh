# Forgets that background VMs have load, before whoever runs this ends it in them (infra/load/apply.ts): "forgotten". Nothing is said,
# and nothing is to be ended, when another stack than OWNER has the server by now: its background VMs have the same names.
# shellcheck shell=sh
. ./roots.sh
: "${OWNER=}"
leave_to_tenant
unmark load
echo forgotten
