#!/bin/bash
# Leaves root, as the official image does, after making the volume and the cookie the broker's own.
set -Eeuo pipefail

if [ "$(id -u)" = 0 ] && [[ "${1:-}" == rabbitmq* ]]; then
    chown -R rabbitmq:rabbitmq /var/lib/rabbitmq
    exec setpriv --reuid=rabbitmq --regid=rabbitmq --init-groups "$0" "$@"
fi
exec "$@"
