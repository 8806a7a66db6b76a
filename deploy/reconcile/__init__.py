"""Do all departments agree? Q1 to Q10 of the journey, over every visit since the databases began."""

from collections.abc import Awaitable, Callable, Mapping

from deploy.reconcile import deliveries, endings, goods, money
from deploy.reconcile.books import Books, Discrepancy, open_books

Question = Callable[[Books], Awaitable[list[Discrepancy]]]

QUESTIONS: dict[str, Question] = {
    "Q1": money.authorised_is_the_same_everywhere,
    "Q2": money.labour_is_billed_for_what_was_done,
    "Q3": goods.parts_used_are_parts_billed,
    "Q4": money.nothing_is_billed_beyond_what_was_authorised,
    "Q5": money.what_was_paid_is_what_was_owed,
    "Q6": goods.stock_adds_up,
    "Q7": endings.closed_visits_are_closed_everywhere,
    "Q8": endings.measures_are_carried_out_once,
    "Q9": deliveries.every_subscriber_applied_everything,
    "Q10": endings.capacity_adds_up,
}
"""What must hold (journey 8), each a function that gives what does not."""


async def reconcile(urls: Mapping[str, str]) -> list[Discrepancy]:
    """Everything that does not hold; empty: all departments agree.

    ``urls`` are the addresses of the databases by the department's name, as a user who may read them.
    """
    found: list[Discrepancy] = []
    async with open_books(urls) as books:
        for ask in QUESTIONS.values():
            found += await ask(books)
    return found


__all__ = ["QUESTIONS", "Books", "Discrepancy", "open_books", "reconcile"]
