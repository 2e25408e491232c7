"""Requests that are right, for tests to send or to spoil. Everything in them is made up."""

import datetime
import uuid

from protos import pb

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# Synthetic numbers shaped like personal ones: a resident ID of 1901-01-01, a mobile number, a land line, a test card.
RESIDENT_ID = "512224190101010296"
PERSONAL_TEXTS = {
    "resident ID": RESIDENT_ID,
    "mobile": "13800138000",
    "land line": "023-53220000",
    "card": "4111111111111111",
}


def uscc(number, prefix="93", division="500155"):
    """A code with right checks; the organisation part is TEXT and the last four digits of the number, the others go on the division."""
    body = f"TEXT{number % 10_000:04d}"
    division = f"{int(division) + number // 10_000:06d}"
    total = sum(int(c, 36) * w for c, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2)))
    code = f"{prefix}{division}{body}{'0X987654321'[total % 11]}"
    outer = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(code))
    return code + ALPHABET[-outer % 31]


def date(text):
    """A Date from 2023-05-01, 2023-05 or 2023."""
    return pb.Date(**dict(zip(("year", "month", "day"), map(int, text.split("-")))))


def period(first, last=None):
    made = pb.Period()
    getattr(made, "from").CopyFrom(date(first))
    if last:
        made.to.CopyFrom(date(last))
    return made


def today(days=0):
    """Today in Asia/Shanghai as a Date, or some days from it."""
    day = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8)).date() + datetime.timedelta(
        days=days
    )
    return pb.Date(year=day.year, month=day.month, day=day.day)


def mutation(request):
    """The request with a request id of its own and a reason."""
    request.request_id = str(uuid.uuid4())
    request.reason = "black-box test"
    return request


def source():
    return pb.Source(kind=pb.SOURCE_KIND_SYNTHETIC, title="made up for a test")


def create_division(code, name="示例村", successor=None):
    division = pb.Division(
        code=code, names=[pb.DivisionName(display_name=name, first_seen=date("2019"))], source=source()
    )
    if successor:
        division.successors.add(code=successor, kind=pb.SUCCESSION_KIND_RENUMBERED, since=date("2020"), inferred=True)
    return mutation(pb.CreateDivisionRequest(division=division))


def create_entity(number, **fields):
    """Id and code follow from the number."""
    fields = {"uscc": uscc(number), "display_name": f"示例{number}号合作社", "source": source(), **fields}
    return mutation(pb.CreateEntityRequest(entity_id=entity_id(number), entity=pb.Entity(**fields)))


def entity_id(number):
    return f"test.e{number:04d}"


def entity_name(number):
    return f"entities/{entity_id(number)}"


def event(kind, effective_from=None, **fields):
    made = pb.TitleEvent(kind=kind, law_version=pb.LAW_VERSION_TRADEMARK_2019, **fields)
    if effective_from:
        made.effective_from.CopyFrom(date(effective_from))
    return made


def create_indication(title_id, registered="2020-03-07", **fields):
    """A certification mark with the goods g1 and g2; pending if `registered` is None."""
    events = [event(pb.TITLE_EVENT_KIND_REGISTERED, registered)] if registered else []
    fields = {
        "kind": pb.INDICATION_KIND_CERTIFICATION_MARK,
        "display_name": "示例柚 (测试)",
        "source": source(),
        "events": events,
        "goods": [
            pb.GoodsItem(id="g1", text="柚子", nice_class=31),
            pb.GoodsItem(id="g2", text="柚子蜜饯", nice_class=29),
        ],
        **fields,
    }
    return mutation(pb.CreateIndicationRequest(indication_id=title_id, indication=pb.Indication(**fields)))


def create_authorization(grant_id, number, title_id, first="2021-01-01", last="2029-12-31", **fields):
    """A grant for the entity of that number; a request not yet decided if `first` is None."""
    grant = pb.Authorization(
        entity=entity_name(number), indication=f"indications/{title_id}", source=source(), **fields
    )
    request = pb.CreateAuthorizationRequest(
        authorization_id=grant_id, authorization=grant, effective_from=date(first or "2021-01-01")
    )
    if first:
        request.granted = True
        request.authorization.validity.CopyFrom(period(first, last))
    return mutation(request)


def check(code, title, **fields):
    return pb.CheckAuthorizationRequest(uscc=code, indication=title, **fields)


def correct(row, **fields):
    """The Correct request of a row that was read: `fields` are its new values."""
    kind = row.DESCRIPTOR.name
    request = getattr(pb, f"Correct{kind}Request")(etag=row.etag)
    target = getattr(request, next(field.name for field in request.DESCRIPTOR.fields if field.message_type == row.DESCRIPTOR))
    target.MergeFrom(type(row)(name=row.name, **fields))
    request.update_mask.paths.extend(fields)
    return mutation(request)


def verb(message_class, row, **fields):
    """A request that acts on a row that was read."""
    return mutation(message_class(name=row.name, etag=row.etag, **fields))


def micros(timestamp):
    return timestamp.seconds * 1_000_000 + timestamp.nanos // 1000
