# Makes the folder of a guest image, for whoever has the server: a process that outlives a killed deployment brings nothing to one that
# was given back. It waits for no other command: the image is brought while the NIC is made ready.
# shellcheck shell=sh
. ./roots.sh
: "${OWNER:?}" "${SHA:?}"
require_lease
mkdir -p "$IMAGES/$SHA"
chmod 755 "${IMAGES%/*}" "$IMAGES" "$IMAGES/$SHA"
