"""Division after a partial refusal (商标法实施条例 2014 art. 22): the rest goes on as an application of its own."""

import grpc

from application_builders import annulment, goods, state_name
from builders import date
from test_application_routes import EXAMINED, INVALID, PRECONDITION, REFUSED, RouteTestCase


class DivisionTest(RouteTestCase):

    def divided(self, **fields):
        row = self.create(events=f"{EXAMINED}, 2024-06-10 REFUSED g2 g3", goods=goods("g1", "g2", "g3", "g4"), **fields)
        return row, self.divide(row, ["g1", "g4"], "2024-06-24")

    def test_the_rest_goes_on_by_itself(self):
        parent, child = self.divided(display_name="示例柚", office="甲")
        wanted = {
            "e4.TM-SPLIT g1 g4": "2024-06-25",
            "e4.TM-REFUSAL-REVIEW g2 g3": "2024-06-25",
            "e1.TM-EXAM-LIMIT g1 g4": "2024-10-10",
        }
        self.assertEqual(self.deadlines(parent, "2024-06-10"), wanted)
        self.assertEqual((child.parent, child.filing_date, child.office), (parent.name, date("2024-01-10"), "甲"))
        self.assertEqual([item.id for item in child.goods], ["g1", "g4"])
        self.assertEqual([event.inherited_from for event in child.events], ["e1", "e2", "e3"])
        self.assertEqual(state_name(child.state), "SUBSTANTIVE_EXAM")
        parent = self.get(parent.name)
        self.check_items(parent, g1="DIVIDED", g2="REFUSED", g3="REFUSED", g4="DIVIDED")
        self.assertEqual(state_name(parent.state), "REFUSED", "what was divided off is left aside")
        self.assertEqual((parent.events[-1].made, list(parent.events[-1].items)), (child.name, ["g1", "g4"]))
        self.assertEqual(self.deadlines(parent, "2024-06-24"), {"e4.TM-REFUSAL-REVIEW g2 g3": "2024-06-25"})
        self.assertEqual(self.deadlines(child, "2024-06-24"), {"e1.TM-EXAM-LIMIT": "2024-10-10"})
        # Both go on, each with deadlines of its own.
        child = self.go(child, "2024-07-13 PRELIMINARILY_PUBLISHED -> PRELIMINARILY_PUBLISHED")
        parent = self.go(parent, "2024-06-25 REVIEW_REQUESTED -> REFUSAL_REVIEW")
        self.assertEqual(self.deadlines(child, "2024-07-13"), {"e4.TM-OPP": "2024-10-14"})
        self.assertEqual(self.deadlines(parent, "2024-07-13"), {"e6.TM-REVIEW-DECIDE g2 g3": "2025-03-25"})
        self.refuse(parent, "2024-07-13 PRELIMINARILY_PUBLISHED g1")
        child = self.go(child, "2024-10-21 REGISTERED -> REGISTERED")
        title = self.title(child.indication)
        self.assertEqual([item.id for item in title.goods], ["g1", "g4"])
        self.assertEqual(title.events[0].effective_from, date("2024-01-10"))
        self.assertEqual(self.get(parent.name).indication, "")

    def test_what_is_refused(self):
        whole = self.create(events=EXAMINED)
        either = ["STEP_UNSUPPORTED", "TRANSITION_ILLEGAL"]
        self.fails(PRECONDITION, either, "DivideApplication", self.dividing(whole, ["g1"], "2024-06-24"))
        all_refused = self.dividing(self.create(events=REFUSED), ["g1"], "2024-06-24")
        self.fails(PRECONDITION, either, "DivideApplication", all_refused)
        row = self.create("partly", events=f"{EXAMINED}, 2024-06-10 REFUSED g2")
        for code, reasons, items, day in (
            (PRECONDITION, either, ["g2"], "2024-06-24"),
            (PRECONDITION, either, ["g1", "g2"], "2024-06-24"),
            (PRECONDITION, either, ["g1"], "2024-06-09"),
            (INVALID, ["FIELD_MALFORMED"], ["g9"], "2024-06-24"),
            (INVALID, ["FIELD_REQUIRED"], [], "2024-06-24"),
            (INVALID, ["DATE_INVALID"], ["g1"], "2999-06-24"),
        ):
            with self.subTest(items=items, day=day):
                self.fails(code, reasons, "DivideApplication", self.dividing(row, items, day))
        exists = grpc.StatusCode.ALREADY_EXISTS
        occupied = self.dividing(row, ["g1"], "2024-06-24", "partly")
        self.fails(exists, "RESOURCE_EXISTS", "DivideApplication", occupied)
        divided = self.divide(row, ["g1"], "2024-06-10", "divided")
        self.assertEqual(divided.name, "applications/divided")

    def test_an_annulled_division(self):
        parent, child = self.divided()
        parent = self.record(self.get(parent.name), annulment("e5"))
        self.check_items(parent, g1="SUBSTANTIVE_EXAM", g2="REFUSED", g3="REFUSED", g4="SUBSTANTIVE_EXAM")
        self.assertEqual(state_name(self.get(child.name).state), "WITHDRAWN", "nothing goes on twice")
        parent, child = self.divided()
        self.record(child, "2024-07-13 PRELIMINARILY_PUBLISHED")
        self.refuse(self.get(parent.name), annulment("e5"), "EVENT_NOT_ANNULLABLE")
