#!/bin/bash
# Makes the cluster when its volume is new, as the official image does: POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE,
# POSTGRES_USER, POSTGRES_DB, POSTGRES_INITDB_ARGS, PGDATA, and the *.sql and *.sh of /docker-entrypoint-initdb.d.
set -Eeuo pipefail

if [ "${1:-}" != postgres ]; then
    exec "$@"
fi
if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA"
    chown -R postgres:postgres "$PGDATA" /var/run/postgresql
    chmod 700 "$PGDATA"
    # The secrets' files belong to somebody else: what is needed of them is read before root is left.
    if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then
        POSTGRES_PASSWORD="$(cat "$POSTGRES_PASSWORD_FILE")"
        export POSTGRES_PASSWORD
    fi
    unset POSTGRES_PASSWORD_FILE
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

user="${POSTGRES_USER:-postgres}"
database="${POSTGRES_DB:-$user}"

first_time() {
    if [ -z "${POSTGRES_PASSWORD:-}" ]; then
        echo "set POSTGRES_PASSWORD_FILE or POSTGRES_PASSWORD for the superuser" >&2
        exit 1
    fi
    # shellcheck disable=SC2086  # the arguments are words
    initdb --username="$user" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") ${POSTGRES_INITDB_ARGS:-}
    printf 'host all all all scram-sha-256\n' >> "$PGDATA/pg_hba.conf"
    # On its socket only, so that nobody meets it half made; listening to everybody is the command's business.
    pg_ctl -w -o "-c listen_addresses=''" start
    local psql=(psql --set ON_ERROR_STOP=1 --no-psqlrc --quiet --username "$user")
    if [ "$database" != postgres ]; then
        "${psql[@]}" --dbname postgres --command "CREATE DATABASE \"$database\""
    fi
    local file
    for file in /docker-entrypoint-initdb.d/*; do
        case "$file" in
            *.sql) "${psql[@]}" --dbname "$database" --file "$file" ;;
            *.sh) bash "$file" ;;
        esac
    done
    pg_ctl -w -m fast stop
}

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    (first_time)
fi
unset POSTGRES_PASSWORD
shift
exec postgres -c listen_addresses='*' "$@"
