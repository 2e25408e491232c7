"""Comes last."""

import unittest

from harness import Client
from protos import pb


class EveryMethodTest(unittest.TestCase):

    def test_every_method_was_driven(self):
        self.assertEqual(set(pb.methods()) - Client.answered, set())
