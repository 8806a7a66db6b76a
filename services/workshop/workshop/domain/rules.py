"""The workshop's house rules: numbers and orders that each shop may change."""

import servicekit
from servicekit import rule


class HouseRules(servicekit.HouseRules):
    """Every number that the workshop's decisions use."""

    dispatch_order: tuple[str, ...] = rule(
        ("urgent", "rework", "waiting", "vip", "normal"),
        "C-24",
        "classes, the first to be dispatched first",
        min_length=1,
    )
    inspection_minutes: int = rule(12, "F-18", "time the final inspection takes, minutes", ge=0, le=1440)
    papers_minutes: int = rule(
        18, "F-18", "time from inspection to handover for papers, minutes", ge=0, le=1440
    )
    wash_required: bool = rule(False, "WORK-30", "every repaired car is washed before it is ready")
    wash_minutes: int = rule(
        15, "F-18", "time a wash takes, counted if a wash is required, minutes", ge=0, le=1440
    )
    minimum_skill_level: int = rule(1, "WORK-08", "level a technician needs in a line's skill", ge=1, le=10)
    penalty_points: int = rule(1, "WORK-28", "points for each line that failed the inspection", ge=0, le=100)
    idle_flag_minutes: int = rule(
        30, "WORK-12", "a gap this long in a schedule is flagged, minutes", ge=1, le=1440
    )

    def rank(self, priority_class: str) -> int:
        """Place of a class in the dispatch order, from 0; a class that is not listed comes last (F-36)."""
        order = self.dispatch_order
        return order.index(priority_class) if priority_class in order else len(order)

    def finishing_minutes(self) -> int:
        """What follows the last line until the car can be handed over, minutes (F-18)."""
        wash = self.wash_minutes if self.wash_required else 0
        return self.inspection_minutes + wash + self.papers_minutes
