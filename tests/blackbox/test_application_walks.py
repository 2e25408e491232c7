"""Random walks through the workflow: the server takes what the model takes, and says the same of every day. Replayed at
once or in another order of recording, the same events lead to the same states, deadlines and titles."""

import collections
import dataclasses
import datetime
import random

from application_builders import (
    ApplicationCalls,
    annulment,
    create_application,
    goods,
    happened,
    item_states,
    state_name,
)
from builders import create_division, create_entity, date
from clock_model import ONE_DAY, RULES, WorkingDays, day_of, end_of
from harness import Failure, ServerTestCase
from protos import pb
from workflow_model import EVENTS, TABLES, Course, Event, Illegal

WALKS = 36
STEPS = 26
FIRST_DAY = datetime.date(2023, 1, 3)
LAST_DAY = datetime.date(2026, 10, 31)
MARK, PRODUCT = pb.APPLICATION_KIND_CERTIFICATION_MARK, pb.APPLICATION_KIND_GI_PRODUCT
COURSES = (
    (MARK, "trademark-2019"),
    (PRODUCT, "gi-product-2024"),
    (MARK, "trademark-2026"),
    (PRODUCT, "gi-product-2005"),
    (MARK, "trademark-2019"),
)
OTHER_LAW = {"trademark-2019": "trademark-2026", "gi-product-2005": "gi-product-2024"}
OTHER_LAW.update({b: a for a, b in OTHER_LAW.items()})
ILLEGAL = {f"ERROR_REASON_{name}" for name in ("TRANSITION_ILLEGAL", "STEP_UNSUPPORTED", "EVENT_NOT_ANNULLABLE")}
# Most walks shall get somewhere.
SELDOM = ("WITHDRAWN", "NOT_ACCEPTED", "SUSPENDED")
# Their periods stand still while the application is suspended.
STANDS_STILL = {"TM-EXAM-LIMIT", "TM-OPP-DECIDE", "TM-REVIEW-DECIDE", "TM-NOREG-REVIEW-DECIDE"}


@dataclasses.dataclass
class Walk:
    """An application and the events that the model has of it, by their ids."""

    seed: int
    kind: int
    law: str
    goods: list
    row: pb.Application = None
    events: dict = dataclasses.field(default_factory=dict)
    told: list = dataclasses.field(default_factory=list)
    difference: str = ""

    def course(self, events=None):
        return Course(self.goods, self.law, self.events.values() if events is None else events)

    def __str__(self):
        steps = "\n  ".join(self.told)
        return f"seed {self.seed}, {self.law}, {self.goods}: {self.difference}\n  {steps}"


def message(event, number):
    """With a number of its own, by which it is known wherever it is recorded."""
    made = happened(event.kind, event.day, event.items, number=f"示例-{number}")
    if event.law:
        made.law = event.law
    if event.kind == "OPPOSITION_ANSWERED":
        made.evidence_declared = True
    return made


class WalksTest(ApplicationCalls, ServerTestCase):

    @classmethod
    def fill(cls):
        cls.call("CreateEntity", create_entity(1))
        cls.call("CreateDivision", create_division("500155", "梁平区"))
        cls.working_days = WorkingDays(cls.call("GetLawBook", pb.GetLawBookRequest(name="lawbooks/calendars")).lawbook)
        seed = random.randrange(1 << 32)
        cls.taken, cls.refused = collections.Counter(), collections.Counter()
        cls.walks = [cls.walk(seed + number, *COURSES[number % len(COURSES)]) for number in range(WALKS)]

    @classmethod
    def walk(cls, seed, kind, law):
        chance = random.Random(seed)
        walk = Walk(seed, kind, law, [f"g{n + 1}" for n in range(chance.choice((1, 2, 2, 3)))])
        request = create_application(f"walk{seed}", kind=kind, law=law, goods=goods(*walk.goods))
        walk.row = cls.call("CreateApplication", request).application
        day = FIRST_DAY
        for number in range(STEPS):
            day = min(day + chance.randrange(45) * ONE_DAY, LAST_DAY)
            cls.step(walk, chance, cls.choose(walk, chance, day), number)
            if walk.difference:
                break
        return walk

    @staticmethod
    def choose(walk, chance, day):
        """An event: likely one that is possible, now and then any other; sometimes late."""
        items = ()
        if chance.random() < 0.4:
            items = tuple(sorted(chance.sample(walk.goods, chance.randrange(1, len(walk.goods) + 1))))
        if walk.events and chance.random() < 0.12:
            day = chance.choice(list(walk.events.values())).day
        else:
            day = day.isoformat()
        if chance.random() < 0.06:
            return Event("LAW_CHOSEN", day, (), OTHER_LAW[walk.law])
        states, law = walk.course().on(day)
        likely = [kind for state, kind in TABLES[law] if state in states.values()]
        likely = [kind for kind in likely if kind not in SELDOM or chance.random() < 0.15]
        kind = chance.choice(likely if likely and chance.random() < 0.75 else EVENTS)
        return Event(kind, day, () if kind == "FILED" else items)

    @classmethod
    def step(cls, walk, chance, event, number):
        """Does it, and notes the first difference."""
        annulled = chance.choice(list(walk.events)) if walk.events and chance.random() < 0.08 else ""
        divided = event.items and not annulled and chance.random() < 0.25
        if divided:
            event = dataclasses.replace(event, kind="DIVIDED")
        after = {key: one for key, one in walk.events.items() if key != annulled}
        new_id = f"e{len(walk.row.events) + 1}"
        if not annulled:
            after[new_id] = event
        try:
            course, legal = walk.course(after.values()), True
        except Illegal:
            course, legal = None, False
        told = f"annulment of {annulled}" if annulled else str(event)
        try:
            if divided:
                cls.call("DivideApplication", cls.dividing(walk.row, event.items, event.day))
            else:
                made = annulment(annulled) if annulled else message(event, number)
                cls.call("RecordApplicationEvent", cls.recording(walk.row, made))
            failure = None
        except Failure as refused:
            failure = refused
        walk.told.append(f"{told}: {failure.reason if failure else 'taken'}")
        cls.judge(walk, course, failure, legal)
        if legal:
            walk.events = after
        (cls.taken if legal else cls.refused)[annulled and "ANNULMENT" or event.kind] += 1

    @classmethod
    def judge(cls, walk, course, failure, legal):
        if legal != (failure is None):
            walk.difference = f"the model {'takes' if legal else 'refuses'} the last step"
        elif failure and failure.reason not in ILLEGAL:
            walk.difference = f"refused for another reason: {failure}"
        elif legal:
            walk.row = cls.call("GetApplication", pb.GetApplicationRequest(name=walk.row.name)).application
            got, want = (state_name(walk.row.state), item_states(walk.row)), (course.state(), course.states())
            walk.difference = "" if got == want else f"{got} instead of {want}"

    def test_the_server_takes_what_the_model_takes(self):
        wrong = [str(walk) for walk in self.walks if walk.difference]
        self.assertEqual(len(wrong), 0, "\n".join(wrong[:3]))
        # The walks went far enough to test something.
        self.assertGreater(sum(self.taken.values()), WALKS * 4)
        self.assertGreater(sum(self.refused.values()), WALKS)
        self.assertGreater(len(self.taken), 20, self.taken)

    def right_walks(self):
        return [walk for walk in self.walks if not walk.difference]

    def test_every_past_day(self):
        for walk in self.right_walks():
            course = walk.course()
            for day in course.days():
                for asked in (day_of(date(day)) - ONE_DAY, day_of(date(day)), day_of(date(day)) + ONE_DAY):
                    asked = asked.isoformat()
                    row = self.get(walk.row.name, asked)
                    told = f"{walk} on {asked}"
                    self.assertEqual(state_name(row.state), course.state(asked), told)
                    self.assertEqual(item_states(row), course.states(asked), told)
                    since = day_of(row.state_since).isoformat() if row.HasField("state_since") else ""
                    self.assertEqual((since, row.effective_law), (course.since(asked), course.on(asked)[1]), told)
                    for item in row.item_states:
                        self.assertEqual(item.HasField("since"), state_name(item.state) != "DRAFT", told)

    def deadlines(self, row, day=LAST_DAY):
        """What is due and what has become of it, by the number of the event that began it."""
        numbers = {event.id: event.number for event in row.events}
        told = []
        request = pb.ListDeadlinesRequest(date=date(day.isoformat()), page_size=1000)
        request.filter.subject = row.name
        for one in self.call("ListDeadlines", request).deadlines:
            self.check_deadline(one, row)
            days = (day_of(one.start_date), day_of(one.due_date))
            events = (numbers[one.event], numbers.get(one.closed_by, ""))
            told.append((one.rule_id, one.law, tuple(one.items), days, events, one.state))
        return sorted(told)

    def check_deadline(self, deadline, row):
        """That it explains itself and, if nothing stood still, ends when the model says."""
        told = f"{deadline}"
        self.assertTrue(deadline.steps and deadline.source.title and deadline.state and deadline.party, told)
        self.assertTrue(all(step.message_zh and step.message_en for step in deadline.steps), told)
        suspended = any(event.kind == pb.APPLICATION_EVENT_KIND_SUSPENDED for event in row.events)
        if deadline.rule_id not in STANDS_STILL or not suspended:
            want = end_of(RULES[deadline.rule_id, deadline.law], day_of(deadline.start_date), self.working_days)
            self.assertEqual((day_of(deadline.due_date), deadline.provisional), (want.due, want.provisional), told)

    def titles(self, row):
        """The events of the title that count, without their ids."""
        if not row.indication:
            return []
        title = self.title(row.indication)
        annulled = {event.annuls for event in title.events}
        return sorted(
            (event.kind, day_of(event.effective_from), tuple(sorted(event.items)), event.law_version)
            for event in title.events
            if event.id not in annulled and not event.annuls
        )

    def test_titles_follow_the_items(self):
        """The title is in force for exactly the items that are registered."""
        for walk in self.right_walks():
            registered = [
                item for item, state in item_states(walk.row).items() if state in ("REGISTERED", "RECOGNISED")
            ]
            events = [one for one in self.titles(walk.row) if one[0] == pb.TITLE_EVENT_KIND_REGISTERED]
            self.assertEqual(sorted(item for _, _, items, _ in events for item in items), registered, walk)

    def check_same(self, walk, again):
        self.assertEqual(item_states(again), item_states(walk.row), walk)
        for field in ("state", "state_since", "filing_date", "effective_law"):
            self.assertEqual(getattr(again, field), getattr(walk.row, field), f"{walk} {field}")
        days = walk.course().days()
        for day in (LAST_DAY, day_of(date(days[len(days) // 2]))):
            self.assertEqual(self.deadlines(again, day), self.deadlines(walk.row, day), f"{walk} on {day}")
        if any(state in ("REGISTERED", "RECOGNISED") for state in item_states(again).values()):
            self.assertEqual(self.titles(again), self.titles(walk.row), walk)

    def undivided(self):
        """Walks that CreateApplication can be told: it does not divide."""

        def divided(walk):
            return any(event.kind == pb.APPLICATION_EVENT_KIND_DIVIDED for event in walk.row.events)

        return [walk for walk in self.right_walks() if walk.events and not divided(walk)]

    def create_again(self, walk, name, events=()):
        return self.create(f"{name}{walk.seed}", kind=walk.kind, law=walk.law, goods=goods(*walk.goods), events=events)

    def sent(self, walk, event_id):
        """The event as it was sent."""
        event = pb.ApplicationEvent()
        event.CopyFrom(next(event for event in walk.row.events if event.id == event_id))
        for field in ("id", "made", "changes", "more_changes", "record_time"):
            event.ClearField(field)
        return event

    def test_the_same_events_at_once(self):
        for walk in self.undivided():
            every = [event.id for event in walk.row.events]
            for name, ids in (("whole", every), ("net", walk.events)):
                self.check_same(walk, self.create_again(walk, name, [self.sent(walk, event_id) for event_id in ids]))

    def another_order(self, walk, chance):
        """Ids in an order of recording that the model takes at every step; None if none was found."""
        for _ in range(30):
            order = []
            while len(order) < len(walk.events):
                able = [event_id for event_id in walk.events if self.can_be_next(walk, order, event_id)]
                if not able:
                    break
                order.append(chance.choice(able))
            if len(order) == len(walk.events) and order != list(walk.events):
                return order
        return None

    @staticmethod
    def can_be_next(walk, order, event_id):
        if event_id in order:
            return False
        event = walk.events[event_id]
        # On one day events stand in the order of recording.
        earlier = list(walk.events)[: list(walk.events).index(event_id)]
        if any(walk.events[one].day == event.day and one not in order for one in earlier):
            return False
        try:
            walk.course([*(walk.events[one] for one in order), event])
        except Illegal:
            return False
        return True

    def test_the_same_events_in_another_order(self):
        shuffled = 0
        for walk in self.undivided():
            order = self.another_order(walk, random.Random(walk.seed))
            if order is None:
                continue
            shuffled += 1
            row = self.record(self.create_again(walk, "shuffled"), *(self.sent(walk, event_id) for event_id in order))
            self.check_same(walk, row)
        self.assertGreater(shuffled, 2)
