"""The roles of a shop (STAF-01) as sets of permissions (DATA-04); staff expands them into tokens."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated

from pydantic import Field

from contracts import permissions
from contracts.permissions import (
    billing,
    booking,
    complaints,
    crm,
    everywhere,
    parts,
    reception,
    staff,
    workshop,
)

_DEPARTMENTS = [
    import_module(f"{permissions.__name__}.{module.name}")
    for module in iter_modules(permissions.__path__)
    if module.name != "everywhere"
]
_EVERYTHING_BUT_STAFF = frozenset[str]().union(
    *(module.ALL for module in _DEPARTMENTS if module is not staff)
)
_LOOK = frozenset({booking.READ, reception.READ, workshop.READ, parts.READ, crm.READ})
_LOOK_EVERYWHERE = frozenset(module.READ for module in _DEPARTMENTS)

TECHNICIAN = frozenset({reception.READ, workshop.READ, workshop.WORK, parts.READ})
"""维修技师: diagnoses and repairs; sees no customer's phone and no money."""
TECHNICAL_SUPPORT = TECHNICIAN | {workshop.REVIEW}
"""技术支持: reviews plans and helps with hard cases."""
INSPECTOR = frozenset({reception.READ, workshop.READ, workshop.INSPECT})
"""质检: inspects what others repaired."""
WORKSHOP_SUPERVISOR = (
    _LOOK | workshop.ALL - {workshop.INSPECT} | {booking.PREPARE, booking.OVERBOOK, staff.READ, staff.SKILLS}
)
"""车间主管: gives out the work and keeps the board true."""
SERVICE_ADVISOR = (
    _LOOK
    | reception.ALL - {reception.SUPERVISE}
    | {booking.BOOK, booking.PREPARE, crm.REGISTER, crm.CONSENT, billing.READ}
    | {complaints.READ, complaints.RECORD, everywhere.PERSONAL_READ}
)
"""服务顾问: the customer's face from intake to handover."""
RECEPTIONIST = _LOOK | {
    reception.OPEN,
    booking.BOOK,
    crm.REGISTER,
    crm.CONSENT,
    complaints.RECORD,
    everywhere.PERSONAL_READ,
}
"""接待: greets, registers and opens the visit."""
BOOKING_AGENT = frozenset({booking.READ, booking.BOOK, booking.PREPARE, crm.READ, crm.REGISTER}) | {
    crm.CONSENT,
    parts.READ,
    everywhere.PERSONAL_READ,
}
"""预约: answers the phone and fills the slots."""
CUSTOMER_SERVICE = _LOOK | {
    booking.BOOK,
    crm.REGISTER,
    crm.FOLLOW_UP,
    crm.SURVEY,
    crm.CONSENT,
    complaints.READ,
    complaints.RECORD,
    everywhere.PERSONAL_READ,
}
"""客户服务专员: follows up, surveys, and takes care of the unhappy."""
COMPLAINT_OFFICER = _LOOK | {
    billing.READ,
    complaints.READ,
    complaints.RECORD,
    complaints.HANDLE,
    complaints.DECIDE,
    complaints.REOPEN,
    crm.FOLLOW_UP,
    everywhere.PERSONAL_READ,
}
"""投诉: owns cases and decides measures within the limit."""
PARTS_KEEPER = frozenset({reception.READ, workshop.READ, booking.READ}) | parts.ALL - {
    parts.ADJUST,
    parts.CATALOGUE,
}
"""配件: hands parts out, takes them back, orders."""
PARTS_MANAGER = PARTS_KEEPER | parts.ALL
"""配件主管: also prices the catalogue and corrects the stock."""
CASHIER = frozenset({reception.READ, billing.READ, billing.TAKE_PAYMENT, billing.DAY_END, crm.READ})
"""收银: takes payments and closes the day."""
FINANCE = CASHIER | {billing.RATES, billing.REFUND, billing.APPROVE_CREDIT, complaints.READ}
"""财务: sets rates, refunds and approves credit."""
QUALITY_SUPERVISOR = _LOOK_EVERYWHERE | {workshop.INSPECT, staff.APPRAISE, complaints.RECORD}
"""服务监督员: watches the quality of service."""
SERVICE_MANAGER = (
    _LOOK_EVERYWHERE
    | _EVERYTHING_BUT_STAFF
    | {staff.READ, staff.SKILLS, staff.APPRAISE}
    | {everywhere.HOUSE_RULES_CHANGE, everywhere.PERSONAL_READ, everywhere.OPERATIONS_READ}
)
"""服务经理: answers for all departments but opens no accounts."""
ARCHIVE_KEEPER = frozenset({reception.READ, workshop.READ, billing.READ, crm.READ})
"""档案管理: keeps the records of closed visits."""
AUDITOR = _LOOK_EVERYWHERE | {everywhere.OPERATIONS_READ}
"""数据审计: sees everything masked, changes nothing (DATA-08)."""
ADMIN = staff.ALL | everywhere.ALL - {everywhere.PERSONAL_READ} | _LOOK_EVERYWHERE
"""系统管理: accounts, house rules and operations; no work on visits, no personal data."""

ROLES: dict[str, frozenset[str]] = {
    "technician": TECHNICIAN,
    "technical-support": TECHNICAL_SUPPORT,
    "inspector": INSPECTOR,
    "workshop-supervisor": WORKSHOP_SUPERVISOR,
    "service-advisor": SERVICE_ADVISOR,
    "receptionist": RECEPTIONIST,
    "booking-agent": BOOKING_AGENT,
    "customer-service": CUSTOMER_SERVICE,
    "complaint-officer": COMPLAINT_OFFICER,
    "parts-keeper": PARTS_KEEPER,
    "parts-manager": PARTS_MANAGER,
    "cashier": CASHIER,
    "finance": FINANCE,
    "quality-supervisor": QUALITY_SUPERVISOR,
    "service-manager": SERVICE_MANAGER,
    "archive-keeper": ARCHIVE_KEEPER,
    "auditor": AUDITOR,
    "admin": ADMIN,
}
"""Every role by the name that an account carries."""

Role = Annotated[str, Field(json_schema_extra={"enum": sorted(ROLES)})]
"""The name of a role in requests and answers; staff refuses one that is not here by a code of its own."""
