#!/bin/sh
# Runs its command as the user whom the mounted generated-schema/ belongs to, so that the changelogs do as well;
# as transload where that is root. Not started as root, it leaves everything as it is.
set -eu
if [ "$(id -u)" -ne 0 ]; then exec "$@"; fi

owner="$(stat -c %u:%g /transload/generated-schema)"
if [ "${owner%%:*}" -eq 0 ]; then
    owner="$(id -u transload):$(id -g transload)"
    chown "$owner" /transload/generated-schema
fi
# A folder that an earlier start gave to somebody else.
if [ "$(stat -c %u:%g /var/lib/transload)" != "$owner" ]; then chown -R "$owner" /var/lib/transload; fi
exec setpriv --reuid="${owner%%:*}" --regid="${owner##*:}" --clear-groups --no-new-privs --inh-caps=-all -- "$@"
