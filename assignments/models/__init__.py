"""What an assignment is made of, one file per noun."""

from assignments.models.application import Application, Decline, Invitation
from assignments.models.assignment import Assignment
from assignments.models.catalog import Customer, Location, LocationContact, Project
from assignments.models.change import ChangeRequest
from assignments.models.custom import (
    AssignmentField,
    AssignmentFieldQuerySet,
    CustomField,
    FieldSet,
)
from assignments.models.ending import Cancellation, Hold, Missing, SendBack, Unassignment
from assignments.models.feed import CalendarFeed
from assignments.models.imports import Import, ImportMapping, ImportRow
from assignments.models.label import AssignmentLabel, Label
from assignments.models.posted import Document, Part, Upload, WorkDay
from assignments.models.reason import Mark, Reason
from assignments.models.routing import (
    RoutingPlan,
    RoutingStep,
    SendReport,
    SendReportLine,
)
from assignments.models.saved_view import SavedView
from assignments.models.templates import (
    Series,
    SeriesDate,
    SeriesPart,
    SeriesState,
    Template,
)
from assignments.models.visibility import AssignmentQuerySet
from assignments.models.work import Deliverable, DeliverableRequest, Visit, VisitCorrection

__all__ = [
    "Application",
    "Assignment",
    "AssignmentField",
    "AssignmentFieldQuerySet",
    "AssignmentLabel",
    "AssignmentQuerySet",
    "CalendarFeed",
    "Cancellation",
    "ChangeRequest",
    "CustomField",
    "Customer",
    "Decline",
    "Deliverable",
    "DeliverableRequest",
    "Document",
    "FieldSet",
    "Hold",
    "Import",
    "ImportMapping",
    "ImportRow",
    "Invitation",
    "Label",
    "Location",
    "LocationContact",
    "Mark",
    "Missing",
    "Part",
    "Project",
    "Reason",
    "RoutingPlan",
    "RoutingStep",
    "SavedView",
    "SendBack",
    "SendReport",
    "SendReportLine",
    "Series",
    "SeriesDate",
    "SeriesPart",
    "SeriesState",
    "Template",
    "Unassignment",
    "Upload",
    "Visit",
    "VisitCorrection",
    "WorkDay",
]
