"""What the shop repairs: for each kind of fault the work, its parts, and where its trouble codes begin."""

import hashlib
from dataclasses import dataclass
from typing import TypeVar

from scenarios.people import BODY, CHASSIS, ELECTRICAL, ENGINE
from scenarios.shop_client import Json

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PartCard:
    """A part of the shop's catalogue."""

    part_no: str
    zh: str
    en: str
    price: str
    unit: str = "piece"

    @property
    def cost(self) -> str:
        """What the shop pays for one: six tenths of the list price."""
        return f"{float(self.price) * 0.6:.2f}"


PARTS = (
    PartCard("BP-1001", "前制动片", "Front brake pads", "268.00", "set"),
    PartCard("BF-1002", "制动液", "Brake fluid", "45.00", "litre"),
    PartCard("OF-2001", "机油滤清器", "Oil filter", "38.00"),
    PartCard("OL-2002", "全合成机油", "Synthetic engine oil", "62.50", "litre"),
    PartCard("IC-2003", "点火线圈", "Ignition coil", "310.00"),
    PartCard("FP-2101", "燃油泵", "Fuel pump", "860.00"),
    PartCard("CT-2201", "节温器", "Thermostat", "145.00"),
    PartCard("AT-3001", "变速箱油", "Transmission fluid", "96.00", "litre"),
    PartCard("AX-3002", "半轴密封圈", "Axle shaft seal", "74.00"),
    PartCard("BJ-4001", "上球头", "Upper ball joint", "226.00"),
    PartCard("TR-4002", "横拉杆球头", "Tie rod end", "158.00"),
    PartCard("TP-4003", "胎压传感器", "Tyre pressure sensor", "240.00"),
    PartCard("AB-5001", "气囊时钟弹簧", "Air bag clock spring", "520.00"),
    PartCard("LB-5002", "转向灯泡", "Turn signal bulb", "18.00"),
    PartCard("FU-5003", "保险丝盒", "Fuse box", "395.00"),
    PartCard("ST-5004", "起动机", "Starter", "980.00"),
    PartCard("DH-6001", "车门内拉手", "Inside door handle", "132.00"),
    PartCard("DL-6002", "车门锁块", "Door latch", "288.00"),
    PartCard("SB-6003", "安全带总成", "Seat belt assembly", "640.00"),
)


@dataclass(frozen=True, slots=True)
class Repair:
    """A way to set a car right."""

    zh: str
    en: str
    work_type: str
    skill: str
    minutes: int
    parts: tuple[tuple[str, str], ...]
    codes: str

    def line(self, why: str, *, factor: int = 1) -> Json:
        """As the technician proposes it; ``factor`` makes it a longer job."""
        return {
            "kind": "repair",
            "title": {"zh": self.zh, "en": self.en},
            "work_type": self.work_type,
            "skill": self.skill,
            "labour_minutes": self.minutes * factor,
            "parts": [{"part_no": part_no, "quantity": quantity} for part_no, quantity in self.parts],
            "why": why[:1500],
            "benefit": "the car can be driven safely again",
        }


BRAKES = Repair(
    "更换前制动片并换制动液",
    "Replace front brake pads and fluid",
    "mechanical",
    CHASSIS,
    60,
    (("BP-1001", "1"), ("BF-1002", "1.5")),
    "C",
)
_SUSPENSION = Repair(
    "更换上球头", "Replace upper ball joint", "mechanical", CHASSIS, 75, (("BJ-4001", "2"),), "C"
)
_STEERING = Repair(
    "更换横拉杆球头", "Replace tie rod ends", "mechanical", CHASSIS, 50, (("TR-4002", "2"),), "C"
)
_WHEELS = Repair(
    "更换胎压传感器", "Replace tyre pressure sensors", "electrical", CHASSIS, 40, (("TP-4003", "4"),), "C"
)
_ENGINE = Repair("更换点火线圈", "Replace ignition coils", "mechanical", ENGINE, 45, (("IC-2003", "2"),), "P")
_COOLING = Repair("更换节温器", "Replace thermostat", "mechanical", ENGINE, 55, (("CT-2201", "1"),), "P")
_FUEL = Repair("更换燃油泵", "Replace fuel pump", "mechanical", ENGINE, 90, (("FP-2101", "1"),), "P")
_GEARBOX = Repair(
    "更换变速箱油和油封",
    "Renew transmission fluid and seal",
    "mechanical",
    ENGINE,
    80,
    (("AT-3001", "6.5"), ("AX-3002", "1")),
    "P",
)
_AIR_BAG = Repair(
    "更换气囊时钟弹簧", "Replace air bag clock spring", "electrical", ELECTRICAL, 70, (("AB-5001", "1"),), "B"
)
_LIGHTS = Repair("更换转向灯", "Replace turn signals", "electrical", ELECTRICAL, 20, (("LB-5002", "2"),), "B")
_ELECTRICS = Repair(
    "更换保险丝盒", "Replace fuse box", "electrical", ELECTRICAL, 65, (("FU-5003", "1"),), "U"
)
_STARTER = Repair("更换起动机", "Replace starter", "electrical", ELECTRICAL, 60, (("ST-5004", "1"),), "P")
_DOORS = Repair(
    "更换车门拉手和锁块",
    "Replace door handle and latch",
    "bodywork",
    BODY,
    50,
    (("DH-6001", "1"), ("DL-6002", "1")),
    "B",
)
_BELTS = Repair("更换安全带", "Replace seat belt", "bodywork", BODY, 45, (("SB-6003", "1"),), "B")

_BY_COMPONENT = (
    ("BRAKES", BRAKES),
    ("SUSPENSION", _SUSPENSION),
    ("STEERING", _STEERING),
    ("WHEELS", _WHEELS),
    ("TIRES", _WHEELS),
    ("TRACTION", _WHEELS),
    ("COOLING:ENGINE", _COOLING),
    ("POWER TRAIN", _GEARBOX),
    ("FUEL", _FUEL),
    ("STARTER", _STARTER),
    ("ENGINE", _ENGINE),
    ("AIR BAGS", _AIR_BAG),
    ("LIGHTING", _LIGHTS),
    ("ELECTRICAL", _ELECTRICS),
    ("SEAT BELTS", _BELTS),
    ("DOOR", _DOORS),
    ("STRUCTURE", _DOORS),
)
OIL_SERVICE = "OIL-SERVICE"
MENU: dict[str, Json] = {
    OIL_SERVICE: {
        "title": {"zh": "机油保养", "en": "Oil service"},
        "service_type": "maintenance",
        "work_type": "maintenance",
        "skill": ENGINE,
        "labour_minutes": 40,
        "parts": [{"part_no": "OF-2001", "quantity": "1"}, {"part_no": "OL-2002", "quantity": "4.5"}],
    },
    "BRAKE-CHECK": {
        "title": {"zh": "制动检查", "en": "Brake check"},
        "service_type": "maintenance",
        "work_type": "maintenance",
        "skill": CHASSIS,
        "labour_minutes": 30,
        "parts": [],
    },
}
"""The service menu: what customers book by name."""

MORE = Repair(
    "更换机油和机油滤清器",
    "Renew engine oil and filter",
    "mechanical",
    ENGINE,
    30,
    (("OF-2001", "1"), ("OL-2002", "4")),
    "P",
)
"""What a technician finds besides while the car is on the lift (E1)."""

RATES = {
    "diagnosis": "180.00",
    "maintenance": "160.00",
    "mechanical": "220.00",
    "electrical": "260.00",
    "bodywork": "200.00",
}
"""Net price of an hour by kind of work; labour is taxed at 6 %."""

LABOUR_TAX, GOODS_TAX = "0.06", "0.13"


def repair_for(component: str) -> Repair:
    """What such a complaint usually takes; an engine matter where nothing fits."""
    return next((repair for word, repair in _BY_COMPONENT if word in component.upper()), _ENGINE)


def steering_gear(part_no: str) -> PartCard:
    """A part that is never in stock, made for one car (E2)."""
    return PartCard(part_no, "转向机总成", "Steering gear", "2480.00")


def special_order(part_no: str) -> Repair:
    """Work that needs a steering gear (E2)."""
    return Repair(
        "更换转向机总成", "Replace steering gear", "mechanical", CHASSIS, 120, ((part_no, "1"),), "C"
    )


def pick(choices: list[T], seed: str) -> T:
    """One of them, always the same for the same seed."""
    place = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big")
    return choices[place % len(choices)]
