# Whether load may be started in the background VMs (ACTION=begin), and that it runs (ACTION=end): only for whoever has the server, since
# another stack's VMs have the same names.
# shellcheck shell=sh
. ./roots.sh
: "${ACTION:?}" "${OWNER=}" "${TOKEN:?}"
require_lease
case $ACTION in end) mark load ;; esac
