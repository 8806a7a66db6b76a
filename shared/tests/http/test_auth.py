"""Employees' tokens: who is let in, and as whom."""

import asyncio
import http.server
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from shared.tests.http.conftest import a_ticket
from shared.tests.http.counter import PAY, READ, WRITE

from servicekit.http.auth import Gate
from servicekit.http.issue import jwks, new_key_pair, public_jwk, sign
from servicekit.http.keys import SigningKeys
from servicekit.refusal import Unauthorised
from testkit.department import EMPLOYEE, Department

CLAIMS = {"sub": str(EMPLOYEE), "name": "Li Na", "permissions": ["counter.read"]}


class TestARouteThatNamesAPermission:
    async def test_asks_for_a_token(self, desk: Department) -> None:
        answer = await desk.call("GET", "/tickets")

        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorised")
        assert answer.headers["www-authenticate"] == "Bearer"

    async def test_names_the_permission_that_is_lacking(self, desk: Department) -> None:
        answer = await desk.call("GET", "/tickets", who=[WRITE])

        assert (answer.status_code, answer.json()["permission"]) == (403, READ)

    async def test_is_content_with_any_of_several(self, desk: Department) -> None:
        ticket_id = await a_ticket(desk)

        answer = await desk.call("POST", f"/tickets/{ticket_id}/closing", who=[PAY])

        assert answer.json()["code"] == "ticket_closed"

    async def test_stamps_the_transaction_with_the_employee(self, desk: Department) -> None:
        answer = await desk.call("GET", "/who", who=[])

        assert answer.json() == {"employee": str(EMPLOYEE), "by": str(EMPLOYEE), "name": "Zhao Min"}


class TestAToken:
    @pytest.mark.parametrize(
        "token",
        [
            "nonsense",
            jwt.encode(CLAIMS | {"exp": 4_000_000_000}, "0" * 32, "HS256", {"kid": "kid"}),
            jwt.encode(CLAIMS | {"exp": 4_000_000_000}, "", "none"),
        ],
    )
    async def test_that_is_not_the_issuers_is_refused(self, desk: Department, token: str) -> None:
        answer = await desk.call("GET", "/who", headers={"Authorization": f"Bearer {token}"})

        assert answer.status_code == 401

    async def test_that_is_over_is_refused(self, tmp_path: Path) -> None:
        pair, file = new_key_pair(), tmp_path / "jwks.json"
        file.write_text(pair.jwks)
        late = sign(pair.private_pem, pair.kid, CLAIMS, now=datetime.now(UTC) - timedelta(minutes=11))

        with pytest.raises(Unauthorised) as refused:
            await Gate(SigningKeys(str(file))).read(late)

        assert refused.value.details == {"reason": "expired"}

    async def test_without_an_end_is_refused(self, tmp_path: Path) -> None:
        pair, file = new_key_pair(), tmp_path / "jwks.json"
        file.write_text(pair.jwks)
        endless = jwt.encode(CLAIMS, pair.private_pem, "EdDSA", {"kid": pair.kid})

        with pytest.raises(Unauthorised):
            await Gate(SigningKeys(str(file))).read(endless)

    async def test_of_another_issuer_is_refused_where_one_is_configured(self, tmp_path: Path) -> None:
        pair, file = new_key_pair(), tmp_path / "jwks.json"
        file.write_text(pair.jwks)
        gate = Gate(SigningKeys(str(file)), issuer="https://ours")

        assert (await gate.read(sign(pair.private_pem, pair.kid, CLAIMS | {"iss": "https://ours"}))).name
        with pytest.raises(Unauthorised):
            await gate.read(sign(pair.private_pem, pair.kid, CLAIMS | {"iss": "https://theirs"}))


class TestTheKeys:
    async def test_of_a_file_are_read_again_when_it_changes(self, tmp_path: Path) -> None:
        old, new, file = new_key_pair(), new_key_pair(), tmp_path / "jwks.json"
        file.write_text(old.jwks)
        gate = Gate(SigningKeys(str(file)))
        await gate.read(sign(old.private_pem, old.kid, CLAIMS))

        both = [public_jwk(pair.private_pem, pair.kid) for pair in (old, new)]
        _replace(file, jwks(*both))

        assert (await gate.read(sign(new.private_pem, new.kid, CLAIMS))).employee_id == EMPLOYEE

    async def test_of_a_file_stay_the_last_good_ones_when_it_is_spoilt(self, tmp_path: Path) -> None:
        pair, file = new_key_pair(), tmp_path / "jwks.json"
        file.write_text(pair.jwks)
        gate = Gate(SigningKeys(str(file)))
        token = sign(pair.private_pem, pair.kid, CLAIMS)
        await gate.read(token)

        _replace(file, "{}")
        await gate.read(token)
        file.unlink()

        assert (await gate.read(token)).may("counter.read")

    async def test_of_an_address_are_asked_for_once(self, issuer: "Issuer") -> None:
        gate = Gate(SigningKeys(issuer.address))
        token = sign(issuer.pair.private_pem, issuer.pair.kid, CLAIMS)

        await asyncio.gather(*(gate.read(token) for _ in range(5)))

        assert issuer.asked == 1

    async def test_of_an_address_are_not_asked_for_by_every_unknown_key(self, issuer: "Issuer") -> None:
        gate, stranger = Gate(SigningKeys(issuer.address)), new_key_pair()

        for _ in range(5):
            with pytest.raises(Unauthorised):
                await gate.read(sign(stranger.private_pem, stranger.kid, CLAIMS))

        assert issuer.asked == 1


def _replace(file: Path, text: str) -> None:
    fresh = file.with_suffix(".new")
    fresh.write_text(text)
    os.replace(fresh, file)


class Issuer:
    """An address that answers with keys, and counts."""

    def __init__(self) -> None:
        self.pair, self.asked = new_key_pair(), 0
        outer = self

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked += 1
                self.send_response(200)
                self.end_headers()
                self.wfile.write(outer.pair.jwks.encode())

            def log_message(self, *_: object) -> None:
                return

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/jwks"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """Another issuer in the place of the staff department."""
    made = Issuer()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()
