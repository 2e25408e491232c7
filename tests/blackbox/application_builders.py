"""Applications and events that are right, for tests to send or to spoil. Everything in them is made up."""

from builders import date, entity_name, mutation, source
from protos import pb

MARK = "trademark-2019"
MARK_2026 = "trademark-2026"
PRODUCT_2005 = "gi-product-2005"
PRODUCT_2024 = "gi-product-2024"

# domain.md section 4, materials.
ALL_MARKS = (
    "APPLICATION_FORM MARK_SPECIMEN LEGAL_STANDING RULES_OF_USE GOVERNMENT_AUTHORISATION AREA_PROOF QUALITY_STATEMENT "
    "REPUTATION_PROOF"
).split()
CHECKLISTS = {
    pb.APPLICATION_KIND_CERTIFICATION_MARK: [*ALL_MARKS, "SUPERVISION_ABILITY"],
    pb.APPLICATION_KIND_COLLECTIVE_MARK: [*ALL_MARKS, "MEMBER_LIST", "INSPECTION_CAPACITY"],
}

NOTICES = (
    "CORRECTION_REQUESTED NOT_ACCEPTED OPINION_ISSUED REFUSED REVIEW_UPHELD OPPOSITION_NOTIFIED REGISTRATION_DENIED"
).split()
ANNOUNCEMENTS = (
    "ACCEPTED PRELIMINARILY_PUBLISHED REVIEW_REVERSED JUDGMENT_UPHELD JUDGMENT_REVERSED OPPOSITION_REJECTED REGISTERED "
    "REGISTRATION_NOTICE_REVOKED PRELIMINARILY_RECOGNISED RECOGNISED"
).split()
REASONED = ("WITHDRAWN", "SUSPENDED", "LAW_CHOSEN")


def material(name, **fields):
    return pb.Material(kind=pb.MaterialKind.Value(f"MATERIAL_KIND_{name}"), **{"present": True, **fields})


def goods(*ids):
    return [pb.GoodsItem(id=i, text=f"示例商品 {i}", nice_class=31, nice_edition="12-2024") for i in ids]


def application(**fields):
    """One that can be filed, for two goods items; `events` as a list, or as text of `happenings`."""
    kind = fields.get("kind", pb.APPLICATION_KIND_CERTIFICATION_MARK)
    if isinstance(fields.get("events"), str):
        fields["events"] = happenings(fields["events"])
    fields = {
        "kind": kind,
        "display_name": "示例柚",
        "applicant": entity_name(1),
        "standing": pb.Standing(
            kind=pb.STANDING_KIND_ASSOCIATION, supervision=pb.Supervision(kind=pb.SUPERVISION_KIND_OWN)
        ),
        "goods": goods("g1", "g2"),
        "area_codes": ["500155"],
        "area_document": pb.Document(kind=pb.DOCUMENT_KIND_OTHER, title="关于示例柚产地范围的文件（示例）"),
        "materials": [material(name) for name in CHECKLISTS.get(kind, ())],
        "law": MARK if kind in CHECKLISTS else PRODUCT_2024,
        "office": "示例区知识产权局",
        "source": source(),
        **fields,
    }
    return pb.Application(**fields)


def create_application(application_id="", **fields):
    return mutation(pb.CreateApplicationRequest(application_id=application_id, application=application(**fields)))


def served(day, mode=pb.SERVICE_MODE_RECEIVED):
    """A notice that was received, dispatched or published on the day, as its mode has it."""
    field = {pb.SERVICE_MODE_RECEIVED: "received_on", pb.SERVICE_MODE_PUBLICATION: "published_on"}
    return pb.Service(mode=mode, **{field.get(mode, "dispatched_on"): date(day)})


def happened(kind, day, items=(), **fields):
    """The event with all that its kind needs; notices are received on the day."""
    made = pb.ApplicationEvent(kind=pb.ApplicationEventKind.Value(f"APPLICATION_EVENT_KIND_{kind}"), items=items)
    if day:
        made.date.CopyFrom(date(day))
    if kind in NOTICES:
        made.service.CopyFrom(served(day))
    if kind in NOTICES or kind in ANNOUNCEMENTS:
        made.number = f"示例-{kind}"
    if kind == "REGISTERED":
        made.registration_number = "12345678"
    if kind in REASONED:
        made.note = "示例理由"
    made.MergeFrom(pb.ApplicationEvent(**fields))
    return made


def happenings(text):
    """Events from "2024-01-10 FILED, 2024-06-10 REFUSED g2": day, kind, and goods items if not all."""
    made = []
    for line in text.split(","):
        day, kind, *items = line.split()
        made.append(happened(kind, day, items))
    return made


def annulment(event_id):
    return pb.ApplicationEvent(kind=pb.APPLICATION_EVENT_KIND_ANNULMENT, annuls=event_id)


def state_name(state):
    return pb.ApplicationState.Name(state).removeprefix("APPLICATION_STATE_")


def item_states(row):
    """State by goods item, also where they agree."""
    told = {item.item: state_name(item.state) for item in row.item_states}
    return told or {item.id: state_name(row.state) for item in row.goods}


def changes(event):
    """Subjects of what recording it changed, with before and after."""
    return {change.subject: (change.before, change.after) for change in event.changes}


class ApplicationCalls:
    """Short ways through the life of an application; mixed into a ServerTestCase."""

    def create(self, application_id="", metadata=(), **fields):
        request = create_application(application_id, **fields)
        return self.call("CreateApplication", request, metadata=metadata).application

    @staticmethod
    def recording(row, event, **fields):
        """The request that records the event, which may be a text of `happenings`."""
        event = happenings(event)[0] if isinstance(event, str) else event
        return mutation(pb.RecordApplicationEventRequest(name=row.name, etag=row.etag, event=event, **fields))

    def record(self, row, *events, **fields):
        """Records the events one after the other; the row as it is then."""
        for event in events:
            row = self.call("RecordApplicationEvent", self.recording(row, event, **fields)).application
        return row

    def get(self, name, day="", **fields):
        if day:
            fields["date"] = date(day)
        return self.call("GetApplication", pb.GetApplicationRequest(name=name, **fields)).application

    def divide(self, row, items, day, application_id=""):
        """The application that was divided off."""
        made = self.call("DivideApplication", self.dividing(row, items, day, application_id)).application
        return self.get(made.events[-1].made)

    @staticmethod
    def dividing(row, items, day, application_id=""):
        request = pb.DivideApplicationRequest(name=row.name, etag=row.etag, items=items, application_id=application_id)
        request.date.CopyFrom(date(day))
        return mutation(request)

    def title(self, name, day="", **fields):
        if day:
            fields["date"] = date(day)
        return self.call("GetIndication", pb.GetIndicationRequest(name=name, **fields)).indication
