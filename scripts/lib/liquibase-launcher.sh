#!/bin/sh
# Starts Liquibase from the folder that this file lies in, wherever it is called from.
# JAVA_HOME chooses the Java, JAVA_OPTS its options.
self="$0"
while [ -h "$self" ]; do
    link="$(readlink "$self")"
    case "$link" in
    /*) self="$link" ;;
    *) self="$(dirname "$self")/$link" ;;
    esac
done
LIQUIBASE_HOME="$(cd "$(dirname "$self")" && pwd)"
export LIQUIBASE_HOME
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
if ! command -v "$java" >/dev/null 2>&1; then
    echo "liquibase: no Java found (looked for '$java'); install one of version 11 or later or set JAVA_HOME" >&2
    exit 127
fi
# It runs for seconds: compiling well costs more than it brings.
# shellcheck disable=SC2086
exec "$java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 ${JAVA_OPTS:-} \
    -jar "$LIQUIBASE_HOME/internal/lib/liquibase-core.jar" "$@"
