# Takes a guest image from a server, unless another stack than OWNER has the server by now: images are kept by their content, so that
# stack may have found this one there and use it.
# shellcheck shell=sh
. ./roots.sh
: "${OWNER=}" "${SHA:?}"
alone
leave_to_tenant
rm -rf "${IMAGES:?}/$SHA"
rmdir "$IMAGES" "${IMAGES%/*}" 2> /dev/null || :
