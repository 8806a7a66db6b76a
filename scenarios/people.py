"""Who works in the shop: roles, skills and logins, hired once and found again by the next demo."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, cycle
from uuid import UUID

from scenarios.desks import staff
from scenarios.shop_client import Person, ShopClient

_AT_ONCE = 4

DIAGNOSIS, ENGINE, CHASSIS, ELECTRICAL, BODY = "diagnosis", "engine", "chassis", "electrical", "body"


@dataclass(frozen=True, slots=True)
class Post:
    """A place in the shop, who holds it, and what they can do."""

    name: str
    role: str
    skills: tuple[str, ...] = ()

    @property
    def login(self) -> str:
        """What they type to sign in."""
        return self.name.lower().replace(" ", ".")


_ALL = (DIAGNOSIS, ENGINE, CHASSIS, ELECTRICAL, BODY)
POSTS = (
    Post("Sun Li", "service-manager"),
    Post("Ma Jing", "workshop-supervisor"),
    Post("He Ping", "workshop-supervisor"),
    *(Post(name, "booking-agent") for name in ("Lin Yue", "Guo Xin")),
    *(Post(name, "service-advisor") for name in ("Zhao Min", "Wang Lan", "Tang Yi", "Deng Rui")),
    *(
        Post(name, "technician", _ALL)
        for name in ("Li Qiang", "Zhou Tao", "Wu Gang", "Xu Lei", "Deng Hai", "Cao Jun", "Fan Hong", "Shi Ke")
    ),
    *(Post(name, "technician", (DIAGNOSIS, ENGINE, CHASSIS)) for name in ("Gao Feng", "Luo Bin", "Liang Bo")),
    *(Post(name, "technician", (DIAGNOSIS, ELECTRICAL, BODY)) for name in ("Song Jie", "Tan Wei", "Han Mei")),
    *(Post(name, "technical-support", _ALL) for name in ("Feng Yu", "Cao Ning")),
    *(Post(name, "inspector") for name in ("Peng Hao", "Jiang Nan")),
    Post("Yu Hong", "parts-manager"),
    *(Post(name, "parts-keeper") for name in ("Pan Liang", "Du Juan")),
    *(Post(name, "cashier") for name in ("Shen Ying", "Lu Fei")),
    Post("Jin Hua", "finance"),
    *(Post(name, "customer-service") for name in ("Yao Qing", "Fan Xue")),
    *(Post(name, "complaint-officer") for name in ("Qin Shan", "Bai Lu")),
)


class Crew:
    """The people of the shop by role; asked for one, it takes turns."""

    def __init__(self, people: Sequence[Person], skills: dict[UUID, tuple[str, ...]]) -> None:
        self.people = tuple(people)
        self._skills = skills
        roles = {person.role for person in people}
        self._turns = {role: cycle([p for p in people if p.role == role]) for role in roles}
        self._round = count()
        self.at_work: set[Person] = set()
        """Technicians who have something in hand, as the supervisor sees on the board."""

    def one(self, role: str) -> Person:
        """The next of a role."""
        return next(self._turns[role])

    def technicians(self, skill: str) -> Iterator[Person]:
        """Whom to ask, again and again: those who can do the work and have nothing in hand come first."""
        able = [p for p in self.people if p.role == "technician" and skill in self._skills[p.employee_id]]
        turn = next(self._round)
        while True:
            idle = [p for p in able if p not in self.at_work] or able
            yield idle[turn % len(idle)]
            turn += 1


async def hire_everybody(
    client: ShopClient,
    admin: Person,
    passwords: dict[str, str],
    password: str,
    posts: Sequence[Post] = POSTS,
) -> Crew:
    """Hire whoever is not here yet, and give each a login with ``password``."""
    crew = await hire_without_accounts(client, admin, posts)
    with_account = {one["id"] for one in await staff.employees(client, admin) if one.get("login")}
    few = asyncio.Semaphore(_AT_ONCE)

    async def open_account(person: Person) -> None:
        async with few:
            await staff.open_account(
                client,
                admin,
                employee_id=str(person.employee_id),
                login=person.login,
                password=password,
                role=person.role,
            )

    missing = (person for person in crew.people if str(person.employee_id) not in with_account)
    await asyncio.gather(*map(open_account, missing))
    passwords.update((person.login, password) for person in crew.people)
    return crew


async def hire_without_accounts(client: ShopClient, admin: Person, posts: Sequence[Post] = POSTS) -> Crew:
    """Hire whoever is not here yet; nobody can sign in, which in one process nobody needs."""
    here = {employee["display_name"]: employee for employee in await staff.employees(client, admin)}
    few = asyncio.Semaphore(_AT_ONCE)

    async def hire(post: Post) -> Person:
        async with few:
            known = [{"skill": skill, "level": 2} for skill in post.skills]
            employee = here.get(post.name) or await staff.hire(client, admin, name=post.name, skills=known)
            return Person(post.name, post.role, post.login, UUID(str(employee["id"])))

    people = await asyncio.gather(*map(hire, posts))
    skills = {person.employee_id: post.skills for person, post in zip(people, posts, strict=True)}
    return Crew(people, skills)
