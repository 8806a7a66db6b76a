"""Signing in: the first administrator, tokens, refresh, lock, and nothing that helps a thief."""

from typing import Any

import jwt
import pytest
from sqlalchemy import text

from contracts.permissions import staff as may_staff
from staff.adapters.tokens import token_hash
from testkit.department import Department

pytestmark = pytest.mark.asyncio(loop_scope="session")

PASSWORD = "first-Pass-2025"


async def _log_in(staff: Department, login: str = "admin", password: str = PASSWORD) -> Any:
    return await staff.call("POST", "/sessions", json={"login": login, "password": password})


async def _hire(staff: Department, name: str = "Li Wei", **more: Any) -> Any:
    answer = await staff.call("POST", "/employees", json={"display_name": name, **more}, who=[may_staff.HIRE])
    assert answer.status_code == 201, answer.text
    return answer.json()


async def _with_account(staff: Department, login: str, roles: list[str]) -> Any:
    employee = await _hire(staff)
    body = {"login": login, "password": "a-long-Secret-7", "roles": roles}
    answer = await staff.call(
        "POST", f"/employees/{employee['id']}/account", json=body, who=[may_staff.ACCOUNTS]
    )
    assert answer.status_code == 201, answer.text
    return employee


class TestTheFirstAdministrator:
    async def test_comes_from_the_settings_once(self, staff: Department) -> None:
        await staff.runtime._prepare()  # a second replica starts

        answer = await _log_in(staff)

        assert answer.status_code == 200
        assert may_staff.ACCOUNTS in answer.json()["permissions"]
        listed = (await staff.call("GET", "/employees", who=[may_staff.READ])).json()["items"]
        assert [employee["login"] for employee in listed] == ["admin"]


class TestSigningIn:
    @pytest.mark.req("DATA-04")
    async def test_gives_a_token_of_ten_minutes_with_the_roles_expanded(self, staff: Department) -> None:
        await _with_account(staff, "li.wei", ["technician"])

        answer = (await _log_in(staff, "Li.Wei", "a-long-Secret-7")).json()

        claims = jwt.decode(answer["access_token"], options={"verify_signature": False})
        assert answer["expires_in"] == 600
        assert claims["exp"] - claims["iat"] == 600
        assert "workshop.work" in claims["permissions"]
        assert "staff.accounts" not in claims["permissions"]

    async def test_the_token_is_accepted_and_jwks_has_its_key(self, staff: Department) -> None:
        token = (await _log_in(staff)).json()["access_token"]

        me = await staff.call("GET", "/me", headers={"Authorization": f"Bearer {token}"})

        assert me.json()["login"] == "admin"
        keys = (await staff.call("GET", "/jwks")).json()["keys"]
        assert jwt.get_unverified_header(token)["kid"] in {key["kid"] for key in keys}
        assert all("d" not in key for key in keys)

    async def test_is_refused_alike_for_a_wrong_password_and_login(self, staff: Department) -> None:
        wrong = await _log_in(staff, password="not-the-password")
        unknown = await _log_in(staff, login="nobody")

        assert (wrong.status_code, wrong.json()) == (unknown.status_code, unknown.json())
        assert wrong.json()["code"] == "wrong_credentials"

    async def test_locks_after_five_failures_and_an_administrator_unlocks(self, staff: Department) -> None:
        employee = await _with_account(staff, "li.wei", ["technician"])
        for _ in range(5):
            await _log_in(staff, "li.wei", "wrong")

        locked = await _log_in(staff, "li.wei", "a-long-Secret-7")
        assert locked.json()["code"] == "account_locked"

        await staff.call("POST", f"/employees/{employee['id']}/account/unlocking", who=[may_staff.ACCOUNTS])
        assert (await _log_in(staff, "li.wei", "a-long-Secret-7")).status_code == 200

    async def test_locks_as_well_when_the_old_password_is_guessed(self, staff: Department) -> None:
        await _with_account(staff, "li.wei", ["technician"])
        token = (await _log_in(staff, "li.wei", "a-long-Secret-7")).json()["access_token"]
        own = {"Authorization": f"Bearer {token}"}
        guess = {"old": "a-guess", "new": "another-Secret-8"}

        answers = [await staff.call("PUT", "/me/password", json=guess, headers=own) for _ in range(6)]

        codes = [answer.json()["code"] for answer in answers]
        assert codes == ["wrong_credentials"] * 5 + ["account_locked"]
        assert (await _log_in(staff, "li.wei", "a-long-Secret-7")).json()["code"] == "account_locked"

    async def test_answers_are_never_kept_for_a_repeated_key(self, staff: Department) -> None:
        body = {"login": "admin", "password": PASSWORD}
        headers = {"Idempotency-Key": "k1"}

        first = await staff.call("POST", "/sessions", json=body, headers=headers)
        second = await staff.call("POST", "/sessions", json=body, headers=headers)

        assert first.headers["cache-control"] == "no-store"
        assert second.text != first.text


class TestRefreshing:
    async def test_gives_new_tokens_once_and_ends_the_family_on_reuse(self, staff: Department) -> None:
        first = (await _log_in(staff)).json()["refresh_token"]
        second = (await staff.call("POST", "/sessions/refresh", json={"refresh_token": first})).json()

        again = await staff.call("POST", "/sessions/refresh", json={"refresh_token": first})
        assert again.status_code == 401

        stolen = {"refresh_token": second["refresh_token"]}
        assert (await staff.call("POST", "/sessions/refresh", json=stolen)).status_code == 401

    @pytest.mark.parametrize("ending", ["password", "new_password", "departure", "closing", "sign_out"])
    async def test_ends_with(self, staff: Department, ending: str) -> None:
        employee = await _with_account(staff, "li.wei", ["technician"])
        signed_in = (await _log_in(staff, "li.wei", "a-long-Secret-7")).json()
        token, me = {"refresh_token": signed_in["refresh_token"]}, f"/employees/{employee['id']}"
        own = {"Authorization": f"Bearer {signed_in['access_token']}"}
        change = {"old": "a-long-Secret-7", "new": "another-Secret-8"}
        end: dict[str, Any] = {
            "password": lambda: staff.call("PUT", "/me/password", json=change, headers=own),
            "new_password": lambda: staff.call(
                "PUT",
                f"{me}/account/password",
                json={"password": "another-Secret-8"},
                who=[may_staff.ACCOUNTS],
            ),
            "departure": lambda: staff.call("POST", f"{me}/departure", who=[may_staff.HIRE]),
            "closing": lambda: staff.call("POST", f"{me}/account/closing", who=[may_staff.ACCOUNTS]),
            "sign_out": lambda: staff.call("POST", "/sessions/end", json=token),
        }

        assert (await end[ending]()).status_code in (200, 204)

        assert (await staff.call("POST", "/sessions/refresh", json=token)).status_code == 401
        again = await _log_in(staff, "li.wei", "a-long-Secret-7")
        assert again.status_code == (200 if ending == "sign_out" else 401)

    async def test_keeps_no_tokens_that_have_run_out(self, staff: Department) -> None:
        await _with_account(staff, "li.wei", ["technician"])
        old = (await _log_in(staff, "li.wei", "a-long-Secret-7")).json()["refresh_token"]
        await _log_in(staff)
        async with staff.tx() as tx:
            await tx.session.execute(text("update refresh_tokens set expires_at = now() - interval '1 s'"))

        new = (await _log_in(staff, "li.wei", "a-long-Secret-7")).json()["refresh_token"]

        async with staff.tx() as tx:
            held = set(await tx.session.scalars(text("select token_hash from refresh_tokens")))
        assert token_hash(new) in held
        assert token_hash(old) not in held
        assert len(held) == 2  # the administrator's goes with their next sign-in


class TestAnAccount:
    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"login": "li.wei", "password": "short", "roles": []}, "invalid"),
            ({"login": "li.wei", "password": "li.wei-li.wei-li", "roles": []}, "weak_password"),
            ({"login": "li.wei", "password": "a-long-Secret-7", "roles": ["king"]}, "unknown_role"),
            ({"login": "admin", "password": "a-long-Secret-7", "roles": []}, "login_taken"),
            ({"login": "li wei", "password": "a-long-Secret-7", "roles": []}, "invalid"),
        ],
    )
    async def test_is_refused_when_it_is_not_sound(
        self, staff: Department, body: dict[str, Any], code: str
    ) -> None:
        employee = await _hire(staff)

        path = f"/employees/{employee['id']}/account"
        answer = await staff.call("POST", path, json=body, who=[may_staff.ACCOUNTS])

        assert answer.json()["code"] == code
        assert (await staff.call("GET", path, who=[may_staff.ACCOUNTS])).status_code == 404

    async def test_is_not_for_those_who_have_left(self, staff: Department) -> None:
        employee = await _hire(staff)
        await staff.call("POST", f"/employees/{employee['id']}/departure", who=[may_staff.HIRE])
        body = {"login": "li.wei", "password": "a-long-Secret-7", "roles": ["admin"]}

        answer = await staff.call(
            "POST", f"/employees/{employee['id']}/account", json=body, who=[may_staff.ACCOUNTS]
        )

        assert (answer.status_code, answer.json()["code"]) == (409, "has_left")
        assert (await _log_in(staff, "li.wei", "a-long-Secret-7")).status_code == 401

    async def test_is_opened_by_those_who_may(self, staff: Department) -> None:
        employee = await _hire(staff)

        answer = await staff.call(
            "POST",
            f"/employees/{employee['id']}/account",
            json={"login": "li.wei", "password": "a-long-Secret-7", "roles": []},
            who=[may_staff.READ],
        )

        assert answer.status_code == 403
        assert answer.json()["permission"] == may_staff.ACCOUNTS
