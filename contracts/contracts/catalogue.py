"""Every event that may stand on the wire, by type and version."""

from contracts import billing, booking, complaints, crm, parts, reception, staff, workshop
from contracts.base import Event

STAFF: tuple[type[Event], ...] = (
    staff.EmployeeHired,
    staff.EmployeeChanged,
    staff.EmployeeLeft,
)
CRM: tuple[type[Event], ...] = (
    crm.CustomerRegistered,
    crm.CustomerChanged,
    crm.VehicleRegistered,
    crm.VehicleChanged,
    crm.FollowUpPlanned,
    crm.FollowUpCompleted,
    crm.FollowUpCancelled,
    crm.SurveySent,
    crm.SurveyAnswered,
    crm.DissatisfactionDetected,
)
BOOKING: tuple[type[Event], ...] = (
    booking.ServiceOffered,
    booking.ServiceWithdrawn,
    booking.CalendarChanged,
    booking.AppointmentRequested,
    booking.AppointmentConfirmed,
    booking.AppointmentPrepared,
    booking.AppointmentRescheduled,
    booking.AppointmentCancelled,
    booking.AppointmentMissed,
    booking.AppointmentKept,
)
RECEPTION: tuple[type[Event], ...] = (
    reception.VisitOpened,
    reception.VehicleReceived,
    reception.ReceptionDelayed,
    reception.IntakeCompleted,
    reception.EstimateDrafted,
    reception.EstimatePresented,
    reception.EstimateAnswered,
    reception.HandoverPromised,
    reception.PromiseRevised,
    reception.PromiseRefused,
    reception.CustomerNotified,
    reception.WorkAccepted,
    reception.VehicleHandedOver,
    reception.VisitClosed,
    reception.VehicleLeft,
    reception.VehicleReturned,
    reception.ReworkOrdered,
    reception.ReworkAgreed,
)
WORKSHOP: tuple[type[Event], ...] = (
    workshop.JobOpened,
    workshop.JobDispatched,
    workshop.JobDiagnosed,
    workshop.LineStarted,
    workshop.LineCompleted,
    workshop.JobInterrupted,
    workshop.JobResumed,
    workshop.AdditionalWorkFound,
    workshop.JobCompleted,
    workshop.InspectionPassed,
    workshop.InspectionFailed,
    workshop.ReworkOpened,
    workshop.JobReady,
    workshop.JobReopened,
    workshop.PromiseEndangered,
)
PARTS: tuple[type[Event], ...] = (
    parts.PartListed,
    parts.PartChanged,
    parts.PartWithdrawn,
    parts.PartsReserved,
    parts.ShortageDetected,
    parts.ReservationAttached,
    parts.PartsIssued,
    parts.PartsReturned,
    parts.PartsReleased,
    parts.PartsBackOrdered,
    parts.EtaChanged,
    parts.PartsArrived,
    parts.PurchaseOrderPlaced,
    parts.PurchaseOrderReceived,
)
BILLING: tuple[type[Event], ...] = (
    billing.LabourRateSet,
    billing.InvoicePrepared,
    billing.InvoiceWithdrawn,
    billing.InvoiceIssued,
    billing.PaymentReceived,
    billing.InvoiceSettled,
    billing.InvoiceRefunded,
    billing.InvoiceDiscounted,
    billing.MeasureNotPossible,
)
COMPLAINTS: tuple[type[Event], ...] = (
    complaints.ComplaintReceived,
    complaints.ComplaintAnswered,
    complaints.ComplaintOverdue,
    complaints.MeasureDecided,
    complaints.MeasureCompleted,
    complaints.ComplaintResolved,
    complaints.ComplaintReopened,
)

EVENTS: dict[tuple[str, int], type[Event]] = {
    (event.TYPE, event.VERSION): event
    for event in (*STAFF, *CRM, *BOOKING, *RECEPTION, *WORKSHOP, *PARTS, *BILLING, *COMPLAINTS)
}
"""The class of each (type, version)."""
