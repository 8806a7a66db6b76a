"""The secrets that containers read from files: one file each, in a folder that only the caller can enter."""

import json
from pathlib import Path

from tools.departments import DEPARTMENTS
from tools.native.departments import login, reader
from tools.native.keys import Keys
from tools.native.postgres import Postgres, rights_of_a_reader
from tools.native.rabbitmq import ADMIN, VHOST, RabbitMQ, definitions


def write_secrets(folder: Path, keys: Keys, postgres: Postgres, broker: RabbitMQ) -> None:
    """Write them into ``folder``; the passwords are those that this shop has made up once.

    The files themselves are readable for all, as a container's own account has another number than ours."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    brokers = {user: broker.password(user) for user in (ADMIN, *DEPARTMENTS)}
    files = {
        "jwks.json": keys.jwks.read_text(),
        "signing-key.pem": keys.signing_key.read_text(),
        "first-admin-password": keys.first_password.read_text(),
        "personal-data.key": keys.master_key.read_text(),
        "postgres-password": postgres.password("postgres"),
        "departments.sql": "".join(_database(postgres, name) for name in DEPARTMENTS),
        "definitions.json": json.dumps(definitions(brokers), indent=1),
    }
    for name in DEPARTMENTS:
        user = login(name)
        files[f"{name}-database-url"] = (
            f"postgresql+asyncpg://{user}:{postgres.password(user)}@postgres:5432/{user}"
        )
        files[f"{name}-broker-url"] = f"amqp://{name}:{brokers[name]}@rabbitmq:5672/{VHOST}"
    for name, text in files.items():
        target = folder / name
        if name == "definitions.json" and target.exists():
            continue  # salted anew each time: a running broker would be thought changed
        target.write_text(text)
        target.chmod(0o444)


def _database(postgres: Postgres, department: str) -> str:
    name, reads = login(department), reader(department)
    rights = "".join(f"{statement};\n" for statement in rights_of_a_reader(reads, name))
    return (
        f"CREATE ROLE {name} LOGIN PASSWORD '{postgres.password(name)}';\n"
        f"CREATE DATABASE {name} OWNER {name};\nREVOKE ALL ON DATABASE {name} FROM PUBLIC;\n"
        f"CREATE ROLE {reads} LOGIN PASSWORD '{postgres.password(reads)}';\n{rights}"
        f"\\connect {name}\nCREATE EXTENSION IF NOT EXISTS pg_stat_statements;\n\\connect postgres\n"
    )
