"""The house rules of a department, for those who run the shop: read, change with a reason, history."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Request
from pydantic import Field

from contracts.permissions import everywhere
from servicekit.house_rules import HouseRules, change_rule, rules_history
from servicekit.http.auth import Who, may
from servicekit.http.problems import problems
from servicekit.http.route import TxDep
from servicekit.http.route import router as shop_router
from servicekit.http.views import Body, View
from servicekit.refusal import NotFound

router = shop_router(prefix="/house-rules", tags=["house rules"])


class HouseRuleView(View):
    """One number of the requirements, as it is in force here."""

    name: str = Field(description="name of the rule, unique in the department")
    requirement: str = Field(description="id of the requirement it comes from")
    description: str = Field(description="what the number means, with its unit")
    default: Any = Field(description="in force as long as the shop does not change it")
    value: Any = Field(description="in force now")


class HouseRuleChangeView(View):
    """One change of a rule."""

    name: str = Field(description="name of the rule")
    value: Any = Field(description="the value from then on")
    changed_by: str = Field(description="employee id")
    changed_at: datetime = Field(description="shop time, UTC")
    reason: str = Field(description="why the rule was changed")


class ChangeHouseRule(Body):
    """A new value, and why."""

    value: Any = Field(description="within the limits of the rule")
    reason: str = Field(min_length=1, max_length=500, description="why the rule is changed")


def _model(request: Request) -> type[HouseRules]:
    model: type[HouseRules] = request.app.state.runtime.service.rules
    return model


def _views(rules: HouseRules) -> list[HouseRuleView]:
    return [HouseRuleView.model_validate(rule) for rule in rules.listing()]


@router.get("")
async def list_house_rules(request: Request, tx: TxDep, who: Annotated[Who, may()]) -> list[HouseRuleView]:
    """Every rule with its default and the value in force."""
    return _views(await tx.rules(_model(request)))


@router.get("/history")
async def list_house_rule_changes(tx: TxDep, who: Annotated[Who, may()]) -> list[HouseRuleChangeView]:
    """Who changed which rule, when and why; the latest first."""
    return [HouseRuleChangeView.model_validate(change) for change in await rules_history(tx)]


@router.put("/{name}", responses=problems(NotFound))
async def change_house_rule(
    name: str,
    body: ChangeHouseRule,
    request: Request,
    tx: TxDep,
    who: Annotated[Who, may(everywhere.HOUSE_RULES_CHANGE)],
) -> HouseRuleView:
    """Put another value in force from now on."""
    changed = await change_rule(tx, _model(request), name, body.value, body.reason)
    return next(view for view in _views(changed) if view.name == name)
