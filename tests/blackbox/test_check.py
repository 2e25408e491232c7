"""The question the registry exists for, with every reason it can give."""

from builders import (
    check,
    create_authorization,
    create_division,
    create_entity,
    create_indication,
    date,
    entity_name,
    event,
    today,
    uscc,
    verb,
)
from harness import ServerTestCase
from protos import pb

TITLE = "indications/test.t1"
DAY = "2023-05-01"
UNDECIDED = ("IDENTIFIER_PERSONAL", "IDENTIFIER_INVALID", "AMBIGUOUS", "NAME_MISMATCH", "SOURCE_STALE")
# Entities by what their grant is like.
FULL, LIMITED, EXPIRED, FUTURE, PENDING, SUSPENDED, REMOVED, DISSOLVED, NOTHING = range(1, 10)


class CheckTest(ServerTestCase):

    @classmethod
    def fill(cls):
        for code, name, successor in (
            ("500000", "重庆市", None),
            ("500155", "梁平区", None),
            ("500155005", "合兴街道", None),
            ("500155120", "合兴镇", "500155005"),
            ("500155005205", "龙滩村", None),
            ("500155120205", "龙滩村", "500155005205"),
            ("500155102", "礼让镇", None),
            ("500228", "梁平县", "500155"),
        ):
            cls.call("CreateDivision", create_division(code, name, successor))
        cls.entities = {number: cls.call("CreateEntity", create_entity(number)).entity for number in range(1, 10)}
        cls.call("CreateIndication", create_indication("test.t1", area_codes=["500155"]))
        cls.grants()
        cls.call(
            "RecordEntityEvent",
            verb(
                pb.RecordEntityEventRequest,
                cls.entities[DISSOLVED],
                event=pb.EntityEvent(kind=pb.ENTITY_EVENT_KIND_DEREGISTERED, effective_from=date("2023-01-01")),
            ),
        )
        cls.other_titles()

    @classmethod
    def grants(cls):
        scope = pb.Scope(area_codes=["500155005"], varieties=["虎蜜柚"], goods=["g1"])
        for number, first, last, fields in (
            (FULL, "2021-01-01", "2029-12-31", {}),
            (LIMITED, "2021-01-01", "2029-12-31", {"scope": scope}),
            (EXPIRED, "2021-01-01", "2022-12-31", {}),
            (FUTURE, "2024-01-01", "2029-12-31", {}),
            (PENDING, None, None, {}),
            (SUSPENDED, "2021-01-01", "2029-12-31", {}),
            (REMOVED, "2021-01-01", "2029-12-31", {}),
            (DISSOLVED, "2021-01-01", "2029-12-31", {}),
        ):
            made = cls.call(
                "CreateAuthorization", create_authorization(f"test.a{number}", number, "test.t1", first, last, **fields)
            ).authorization
            if number == SUSPENDED:
                cls.call(
                    "SuspendAuthorization",
                    verb(pb.SuspendAuthorizationRequest, made, effective_from=date("2023-01-01")),
                )
            if number == REMOVED:
                cls.call(
                    "RemoveAuthorization",
                    verb(
                        pb.RemoveAuthorizationRequest,
                        made,
                        effective_from=date("2023-01-01"),
                        ground=pb.REMOVAL_GROUND_NOT_TO_STANDARD,
                    ),
                )

    @classmethod
    def other_titles(cls):
        cls.call("CreateIndication", create_indication("test.t2", registered=None))
        cls.call("CreateIndication", create_indication("test.t3", "2010-03-07"))
        cls.call("CreateIndication", create_indication("test.t4", kind=pb.INDICATION_KIND_COLLECTIVE_MARK))
        number = pb.TitleNumber(kind=pb.NUMBER_KIND_FOREIGN_FILE, number="PDO-TEST-0001")
        for title in ("test.f1", "test.f2"):
            origin = pb.Origin(register="test", country="test", copied_on=date("2022-01-01"))
            registered = pb.TitleEvent(kind=pb.TITLE_EVENT_KIND_REGISTERED, law_version=pb.LAW_VERSION_FOREIGN)
            cls.call(
                "CreateIndication",
                create_indication(
                    title,
                    kind=pb.INDICATION_KIND_FOREIGN,
                    origin=origin,
                    events=[registered],
                    numbers=[number, pb.TitleNumber(kind=number.kind, number=f"PDO-{title}")],
                ),
            )

    def ask(self, number, title=TITLE, day=DAY, **fields):
        return self.call("CheckAuthorization", check(uscc(number), title, date=date(day), **fields))

    def expect(self, answer, *reasons):
        """The reasons in order; the first decides the verdict."""
        names = [pb.DecisionReason.Name(detail.reason).removeprefix("DECISION_REASON_") for detail in answer.reasons]
        self.assertEqual(names, list(reasons))
        first = names[0]
        verdict = "AUTHORIZED" if first == "AUTHORIZED" else "UNDECIDED" if first in UNDECIDED else "NOT_AUTHORIZED"
        self.assertEqual(pb.Verdict.Name(answer.verdict), f"VERDICT_{verdict}")
        return answer

    def test_grants(self):
        for number, reason in (
            (FULL, "AUTHORIZED"),
            (LIMITED, "AUTHORIZED"),
            (EXPIRED, "EXPIRED"),
            (FUTURE, "NOT_YET_EFFECTIVE"),
            (PENDING, "PENDING"),
            (SUSPENDED, "SUSPENDED"),
            (REMOVED, "REMOVED"),
            (NOTHING, "NO_RECORD"),
        ):
            with self.subTest(number=number):
                self.expect(self.ask(number), reason)
        self.assertEqual(self.ask(REMOVED).reasons[0].ground, pb.REMOVAL_GROUND_NOT_TO_STANDARD)
        for number in (SUSPENDED, REMOVED):
            self.expect(self.ask(number, day="2022-12-31"), "AUTHORIZED")
        dissolved = self.ask(DISSOLVED)
        self.assertEqual(dissolved.reasons[0].reason, pb.DECISION_REASON_ENTITY_DISSOLVED)
        self.expect(self.ask(DISSOLVED, day="2022-12-31"), "AUTHORIZED")

    def test_scopes(self):
        cases = (
            ({"goods": "g1"}, []),
            ({"goods": "柚子"}, []),
            ({"goods": "g2"}, ["GOODS"]),
            ({"goods": "柚子蜜饯"}, ["GOODS"]),
            ({"nice_class": 31}, []),
            ({"nice_class": 29}, ["GOODS"]),
            ({"variety": "虎蜜柚"}, []),
            ({"variety": "其他"}, ["VARIETY"]),
            ({"place": "500155005"}, []),
            ({"place": "500155005205"}, []),
            ({"place": "500155120205"}, []),
            ({"place": "500228120205"}, []),
            ({"place": "500155102"}, ["AREA"]),
            ({"place": "500155"}, ["AREA"]),
            ({"place": "500155102", "variety": "其他", "goods": "g2"}, ["AREA", "VARIETY", "GOODS"]),
        )
        for fields, dimensions in cases:
            with self.subTest(**fields):
                answer = self.ask(LIMITED, **fields)
                self.expect(answer, "OUT_OF_SCOPE" if dimensions else "AUTHORIZED")
                self.assertEqual(
                    [pb.ScopeDimension.Name(d).removeprefix("SCOPE_DIMENSION_") for d in answer.reasons[0].dimensions],
                    dimensions,
                )
        self.expect(self.ask(FULL, place="500229"), "OUT_OF_SCOPE")
        self.expect(self.ask(FULL, place="500228"), "AUTHORIZED")

    def test_titles(self):
        self.expect(self.ask(FULL, "indications/none"), "UNKNOWN_TITLE")
        self.expect(self.ask(FULL, "no such number"), "UNKNOWN_TITLE")
        for title, day, state in (
            ("test.t2", DAY, "PENDING"),
            ("test.t3", DAY, "LAPSED"),
            ("test.t3", "2020-05-01", "IN_GRACE"),
            ("test.t1", "2020-03-06", "PENDING"),
        ):
            answer = self.ask(NOTHING, f"indications/{title}", day)
            with self.subTest(title=title, day=day):
                self.expect(answer, "TITLE_NOT_IN_FORCE", "NO_RECORD")
                self.assertEqual(pb.TitleState.Name(answer.reasons[0].title_state), f"TITLE_STATE_{state}")
        self.expect(self.ask(NOTHING, "indications/test.t4"), "NO_RECORD", "FAIR_USE_OF_NAME")

    def test_numbers(self):
        ambiguous = self.expect(self.ask(FULL, "pdo-test-0001"), "AMBIGUOUS")
        self.assertEqual(
            [candidate.indication for candidate in ambiguous.candidates],
            ["indications/test.f1", "indications/test.f2"],
        )
        stale = self.ask(NOTHING, "PDO-test.f1")
        self.assertIn(pb.DECISION_REASON_SOURCE_STALE, [detail.reason for detail in stale.reasons])
        fresh = self.ask(NOTHING, "PDO-test.f1", "2022-06-01")
        self.assertNotIn(pb.DECISION_REASON_SOURCE_STALE, [detail.reason for detail in fresh.reasons])

    def test_identifiers(self):
        self.expect(self.ask(999), "UNKNOWN_ENTITY")
        spoiled = uscc(FULL)[:-1] + ("A" if uscc(FULL)[-1] != "A" else "B")
        answer = self.call("CheckAuthorization", check(spoiled, TITLE))
        self.assertEqual(
            (answer.verdict, answer.reasons[0].reason), (pb.VERDICT_UNDECIDED, pb.DECISION_REASON_IDENTIFIER_INVALID)
        )
        self.assertEqual(answer.reasons[0].uscc_verdict, pb.USCC_VERDICT_BAD_CHECK)
        answer = self.call("CheckAuthorization", check(uscc(FULL).replace("0", "O"), TITLE))
        self.assertEqual(
            (answer.reasons[0].uscc_verdict, answer.reasons[0].proposal), (pb.USCC_VERDICT_MALFORMED, uscc(FULL))
        )
        typed = self.call(
            "CheckAuthorization", check(f" {uscc(FULL).lower()} ", TITLE, date=date(DAY), view=pb.CHECK_VIEW_FULL)
        )
        self.assertEqual((typed.verdict, typed.uscc), (pb.VERDICT_AUTHORIZED, uscc(FULL)))
        named = self.call(
            "CheckAuthorization",
            pb.CheckAuthorizationRequest(entity=entity_name(FULL), indication=TITLE, date=date(DAY)),
        )
        self.expect(named, "AUTHORIZED")
        stranger = self.call(
            "CheckAuthorization", pb.CheckAuthorizationRequest(entity="entities/none", indication=TITLE, date=date(DAY))
        )
        self.expect(stranger, "UNKNOWN_ENTITY")

    def test_names(self):
        self.expect(self.ask(FULL, entity_name=self.entities[FULL].display_name), "AUTHORIZED")
        self.expect(self.ask(FULL, entity_name="示例１号合作社"), "AUTHORIZED")
        self.assertEqual(self.ask(FULL, entity_name="别的合作社").reasons[0].reason, pb.DECISION_REASON_NAME_MISMATCH)

    def test_reasons_come_in_the_order_of_precedence(self):
        for number in range(1, 10):
            for title in ("test.t1", "test.t2", "test.t3", "test.t4", "test.f1"):
                for day in ("2019-01-01", "2022-06-01", DAY, "2035-01-01"):
                    answer = self.ask(
                        number, f"indications/{title}", day, entity_name="别的", place="500229", goods="g2"
                    )
                    reasons = [detail.reason for detail in answer.reasons]
                    self.assertTrue(reasons)
                    self.assertEqual(reasons, sorted(reasons), f"{number} {title} {day}")

    def test_every_day_of_the_period_has_the_answer(self):
        for number in range(1, 10):
            for day in ("2019-01-01", "2021-01-01", "2022-12-31", DAY, "2026-01-01", "2030-06-01", "2035-01-01"):
                answer = self.ask(number, day=day)
                for edge in (getattr(answer.validity, "from"), answer.validity.to):
                    if edge.year:
                        request = check(uscc(number), TITLE, date=edge)
                        again = self.call("CheckAuthorization", request)
                        with self.subTest(number=number, day=day, edge=str(edge)):
                            self.assertEqual(
                                (again.verdict, again.reasons, again.validity),
                                (answer.verdict, answer.reasons, answer.validity),
                            )
        period = self.ask(FULL).validity
        self.assertEqual((getattr(period, "from"), period.to), (date("2021-01-01"), date("2029-12-31")))

    def test_views(self):
        short = self.ask(FULL)
        self.assertFalse(short.HasField("basis") or short.reasons[0].text_zh or short.reasons[0].legal_basis)
        self.assertEqual(short, self.ask(FULL, view=pb.CHECK_VIEW_VERDICT))
        full = self.ask(FULL, view=pb.CHECK_VIEW_FULL)
        self.assertEqual((full.basis.indication.name, full.basis.entity.name), (TITLE, entity_name(FULL)))
        self.assertEqual([grant.name for grant in full.basis.authorizations], [f"authorizations/test.a{FULL}"])
        self.assertTrue(full.reasons[0].text_zh and full.reasons[0].text_en)
        self.assertEqual(
            (full.verdict, full.validity, full.read_point), (short.verdict, short.validity, short.read_point)
        )

    def test_the_default_date_is_today(self):
        before = today()
        answer = self.call("CheckAuthorization", check(uscc(FULL), TITLE))
        self.assertIn(answer.date, (before, today()))

    def test_partly_revoked(self):
        title = self.call("CreateIndication", create_indication("test.t5")).indication
        self.call("CreateAuthorization", create_authorization("test.a50", FULL, "test.t5"))
        gone = event(pb.TITLE_EVENT_KIND_REVOKED, announced_on=date("2022-01-01"), items=["g2"])
        self.call("RecordIndicationEvent", verb(pb.RecordIndicationEventRequest, title, event=gone))
        self.expect(self.ask(FULL, "indications/test.t5", goods="g1"), "AUTHORIZED")
        answer = self.ask(FULL, "indications/test.t5", goods="g2")
        self.assertEqual(
            (answer.reasons[0].reason, answer.reasons[0].title_state),
            (pb.DECISION_REASON_TITLE_NOT_IN_FORCE, pb.TITLE_STATE_REVOKED),
        )
